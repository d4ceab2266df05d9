# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

variable "region" {
  description = "AWS region of the API."
  type        = string
}

variable "name" {
  description = "Name of the API, and of the function that answers."
  type        = string
}

variable "function" {
  description = "The function that answers, once it is there: its name, and the name and ARN of its alias."
  type = object({
    name = string
    alias = object({
      name = string
      arn  = string
    })
    key_arn = string
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

variable "tracing" {
  description = "Send traces of requests to AWS X-Ray."
  type        = bool
  default     = false
}
