variable "region" {
  description = "AWS region of the function."
  type        = string
}

variable "function" {
  description = "The function that has the URL: its name, and the name and ARN of its alias."
  type = object({
    name = string
    alias = object({
      name = string
      arn  = string
    })
  })
}

variable "api" {
  description = "Settings of the URL. Its authorization is \"NONE\" or \"AWS_IAM\"."
  type = object({
    authorization = string
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
  })

  validation {
    condition     = contains(["NONE", "AWS_IAM"], var.api.authorization)
    error_message = "The authorization of a function URL is \"NONE\" or \"AWS_IAM\"."
  }
}
