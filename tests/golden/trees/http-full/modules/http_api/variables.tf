# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

variable "region" {
  description = "AWS region of the API."
  type        = string
}

variable "name" {
  description = "Name of the API."
  type        = string
}

variable "function" {
  description = "The function that answers: its name, and the name, ARN and invoke ARN of its alias."
  type = object({
    name = string
    alias = object({
      name       = string
      arn        = string
      invoke_arn = string
    })
    key_arn = string
  })
}

variable "api" {
  description = "Settings of the API. The IP address type is \"ipv4\" or \"dualstack\"; without a throttle, its limits are those that AWS gives an account."
  type = object({
    ip_address_type = string
    authorization   = optional(string, "NONE")
    jwt = optional(object({
      issuer   = string
      audience = list(string)
    }))
    open_path = optional(string)
    cors = optional(object({
      origins     = list(string)
      methods     = list(string)
      headers     = list(string)
      max_age     = number
      credentials = optional(bool, false)
    }))
    throttle = optional(object({
      rate  = number
      burst = number
    }), { rate = 10000, burst = 5000 })
    access_logs = optional(object({
      retention_days = number
    }))
  })

  validation {
    condition     = contains(["ipv4", "dualstack"], var.api.ip_address_type)
    error_message = "The IP address type of an API is \"ipv4\" or \"dualstack\"."
  }

  validation {
    condition     = contains(["NONE", "AWS_IAM", "JWT"], var.api.authorization)
    error_message = "The authorization of an HTTP API is \"NONE\", \"AWS_IAM\" or \"JWT\"."
  }

  validation {
    condition     = (var.api.authorization == "JWT") == (var.api.jwt != null)
    error_message = "The authorization \"JWT\" needs the issuer and the audience of the tokens, and no other takes them."
  }
}
