# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

variable "region" {
  description = "AWS region of the function."
  type        = string
}

variable "name" {
  description = "Name of the function, and of its log group and key alias. The role adds the region."
  type        = string

  validation {
    condition     = length("${var.name}-${var.region}") <= 64
    error_message = "The role's name, \"${var.name}-${var.region}\", is over IAM's 64 characters. Shorten the name of the app or of the stage."
  }
}

variable "bundle" {
  description = "Path of the zip that holds the function's code."
  type        = string
}

variable "function" {
  description = "Settings of the function. Memory is in MB, the timeout in seconds."
  type = object({
    runtime            = string
    handler            = string
    memory             = number
    timeout            = number
    architecture       = string
    log_retention_days = number
  })
}
