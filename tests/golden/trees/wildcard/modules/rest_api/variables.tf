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
  })
}

variable "api" {
  description = "Settings of the API. The IP address type is \"ipv4\" or \"dualstack\"."
  type = object({
    ip_address_type = string
    endpoint        = optional(string, "REGIONAL")
  })

  validation {
    condition     = contains(["ipv4", "dualstack"], var.api.ip_address_type)
    error_message = "The IP address type of an API is \"ipv4\" or \"dualstack\"."
  }

  validation {
    condition     = contains(["REGIONAL", "EDGE"], var.api.endpoint)
    error_message = "The endpoint of a REST API is \"REGIONAL\" or \"EDGE\"."
  }
}
