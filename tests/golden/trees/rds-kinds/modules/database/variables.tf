# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

variable "rds" {
  description = "How the function uses its database: as the config says it."
  type = object({
    name   = optional(string)
    auth   = optional(string, "iam")
    secret = optional(string)
    public = optional(bool, false)
    variables = optional(object({
      host        = optional(string, "DB_HOST")
      reader_host = optional(string, "DB_READER_HOST")
      port        = optional(string, "DB_PORT")
      name        = optional(string, "DB_NAME")
      user        = optional(string, "DB_USER")
      password    = optional(string, "DB_PASSWORD")
    }), {})
  })

  validation {
    condition     = contains(["iam", "secret", "url"], var.rds.auth)
    error_message = "What lets the function in is \"iam\", \"secret\" or \"url\"."
  }
}

variable "found" {
  description = "What AWS says of the database."
  type = object({
    arn         = string
    host        = string
    reader_host = string
    port        = number
    name        = optional(string)
    secret = optional(object({
      arn     = string
      kms_key = string
    }))
    public = optional(bool)
  })
}
