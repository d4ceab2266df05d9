# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

variable "region" {
  description = "AWS region of the database and of the function."
  type        = string
}

variable "rds" {
  description = "How the function uses its database: as the config says it."
  type = object({
    name = optional(string)
    user = optional(string)
    auth = optional(string, "iam")
    open = optional(bool, false)
  })

  validation {
    condition     = contains(["iam", "secret", "url"], var.rds.auth)
    error_message = "What lets the function in is \"iam\", \"secret\" or \"url\"."
  }
}

variable "found" {
  description = "What AWS says of the database."
  type = object({
    arn                = string
    host               = string
    reader_host        = string
    port               = number
    name               = optional(string)
    user               = optional(string)
    resource_id        = string
    iam                = optional(bool)
    security_group_ids = list(string)
  })
}

variable "name" {
  description = "Name of the function."
  type        = string
}

variable "security_group_ids" {
  description = "Security groups of the function."
  type        = list(string)
}
