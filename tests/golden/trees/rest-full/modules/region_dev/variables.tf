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
    tracing            = optional(bool, false)
  })
}

variable "api" {
  description = "Settings of the API. The IP address type is \"ipv4\" or \"dualstack\"."
  type = object({
    ip_address_type = string
    authorization   = optional(string, "NONE")
    open_path       = optional(string)
    cors = optional(object({
      origins        = list(string)
      methods        = list(string)
      headers        = list(string)
      max_age        = number
      credentials    = optional(bool, false)
      expose_headers = optional(list(string), [])
    }))
    throttle = optional(object({
      rate  = number
      burst = number
    }))
    access_logs = optional(object({
      retention_days = number
      account_role   = optional(bool, false)
    }))
    binary_media_types  = optional(list(string), [])
    compression         = optional(number, -1)
    disable_execute_api = optional(bool, false)
    security_policy     = optional(string)
    web_acl_arn         = optional(string)
  })

  validation {
    condition     = contains(["ipv4", "dualstack"], var.api.ip_address_type)
    error_message = "The IP address type of an API is \"ipv4\" or \"dualstack\"."
  }

  validation {
    condition     = contains(["NONE", "AWS_IAM"], var.api.authorization)
    error_message = "The authorization of a REST API is \"NONE\" or \"AWS_IAM\"."
  }
}
