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

variable "domains" {
  description = "Custom domains of the API."
  type        = list(string)
}

variable "validation_record_fqdns" {
  description = "For each host name, the name of the DNS record that proves to ACM that it is ours."
  type        = map(string)
}
