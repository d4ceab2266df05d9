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

variable "environment" {
  description = "Environment variables of the function, encrypted with its key."
  type        = map(string)
  default     = {}
}

variable "tables" {
  description = "Tables that the function uses, by the environment variable that has the name of each. The access is read, write or full."
  type = map(object({
    name    = string
    access  = string
    indexes = optional(bool, false)
    stream  = optional(bool, false)
  }))
  default = {}
}

variable "api" {
  description = "Settings of the API. The IP address type is \"ipv4\" or \"dualstack\"."
  type = object({
    ip_address_type = string
  })

  validation {
    condition     = contains(["ipv4", "dualstack"], var.api.ip_address_type)
    error_message = "The IP address type of an API is \"ipv4\" or \"dualstack\"."
  }
}
