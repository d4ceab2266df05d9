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
    # tfgen: when access_logs
    key_arn = string
    # tfgen: end
  })
}

variable "api" {
  description = "Settings of the API. The IP address type is \"ipv4\" or \"dualstack\"."
  type = object({
    ip_address_type = string
    # tfgen: when edge
    endpoint = optional(string, "REGIONAL")
    # tfgen: end
    # tfgen: when auth
    authorization = optional(string, "NONE")
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
    # tfgen: when throttle
    throttle = optional(object({
      rate  = number
      burst = number
    }))
    # tfgen: end
    # tfgen: when access_logs
    access_logs = optional(object({
      retention_days = number
      # tfgen: when account_role
      account_role = optional(bool, false)
      # tfgen: end
    }))
    # tfgen: end
    # tfgen: when binary_media_types
    binary_media_types = optional(list(string), [])
    # tfgen: end
    # tfgen: when compression
    compression = optional(number, -1)
    # tfgen: end
    # tfgen: when disable_execute_api
    disable_execute_api = optional(bool, false)
    # tfgen: end
    # tfgen: when security_policy
    security_policy = optional(string)
    # tfgen: end
    # tfgen: when waf
    web_acl_arn = optional(string)
    # tfgen: end
  })

  validation {
    condition     = contains(["ipv4", "dualstack"], var.api.ip_address_type)
    error_message = "The IP address type of an API is \"ipv4\" or \"dualstack\"."
  }

  # tfgen: when edge
  validation {
    condition     = contains(["REGIONAL", "EDGE"], var.api.endpoint)
    error_message = "The endpoint of a REST API is \"REGIONAL\" or \"EDGE\"."
  }
  # tfgen: end

  # tfgen: when auth
  validation {
    condition     = contains(["NONE", "AWS_IAM"], var.api.authorization)
    error_message = "The authorization of a REST API is \"NONE\" or \"AWS_IAM\"."
  }
  # tfgen: end
}

# tfgen: when tracing
variable "tracing" {
  description = "Send traces of requests to AWS X-Ray."
  type        = bool
  default     = false
}
# tfgen: end
