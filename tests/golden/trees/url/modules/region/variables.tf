# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

variable "region" {
  description = "AWS region that everything in this module is in."
  type        = string
}

variable "name" {
  description = "Name of the app and its stage."
  type        = string
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

variable "api" {
  description = "Settings of the URL. Its authorization is \"NONE\" or \"AWS_IAM\"."
  type = object({
    authorization = string
    cors = optional(object({
      origins = list(string)
      methods = list(string)
      headers = list(string)
      max_age = number
    }))
  })

  validation {
    condition     = contains(["NONE", "AWS_IAM"], var.api.authorization)
    error_message = "The authorization of a function URL is \"NONE\" or \"AWS_IAM\"."
  }
}
