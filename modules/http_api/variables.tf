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
    # tfgen: when access_logs
    key_arn = string
    # tfgen: end
  })
}

variable "api" {
  description = "Settings of the API. The IP address type is \"ipv4\" or \"dualstack\"; without a throttle, its limits are those that AWS gives an account."
  type = object({
    ip_address_type = string
    # tfgen: when auth
    authorization = optional(string, "NONE")
    # tfgen: end
    # tfgen: when jwt
    jwt = optional(object({
      issuer   = string
      audience = list(string)
    }))
    # tfgen: end
    # tfgen: when open_path
    open_path = optional(string)
    # tfgen: end
    # tfgen: when cors
    cors = optional(object({
      origins = list(string)
      methods = list(string)
      headers = list(string)
      max_age = number
      # tfgen: when cors_credentials
      credentials = optional(bool, false)
      # tfgen: end
      # tfgen: when cors_expose_headers
      expose_headers = optional(list(string), [])
      # tfgen: end
    }))
    # tfgen: end
    throttle = optional(object({
      rate  = number
      burst = number
    }), { rate = 10000, burst = 5000 })
    # tfgen: when access_logs
    access_logs = optional(object({
      retention_days = number
    }))
    # tfgen: end
    # tfgen: when disable_execute_api
    disable_execute_api = optional(bool, false)
    # tfgen: end
  })

  validation {
    condition     = contains(["ipv4", "dualstack"], var.api.ip_address_type)
    error_message = "The IP address type of an API is \"ipv4\" or \"dualstack\"."
  }

  # tfgen: when auth
  validation {
    condition     = contains(["NONE", "AWS_IAM", "JWT"], var.api.authorization)
    error_message = "The authorization of an HTTP API is \"NONE\", \"AWS_IAM\" or \"JWT\"."
  }
  # tfgen: end

  # tfgen: when jwt
  validation {
    condition     = (var.api.authorization == "JWT") == (var.api.jwt != null)
    error_message = "The authorization \"JWT\" needs the issuer and the audience of the tokens, and no other takes them."
  }
  # tfgen: end
}
