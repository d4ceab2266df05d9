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
    vpc = optional(object({
      subnet_ids         = list(string)
      security_group_ids = list(string)
    }))
  })
}

variable "rds" {
  description = "The database that the function uses, and how."
  type = object({
    cluster = string
    name    = optional(string)
    user    = optional(string)
    auth    = optional(string, "iam")
    open    = optional(bool, false)
  })
}

variable "api" {
  description = "Settings of the API. The IP address type is \"ipv4\" or \"dualstack\"; without a throttle, its limits are those that AWS gives an account."
  type = object({
    ip_address_type = string
    throttle = optional(object({
      rate  = number
      burst = number
    }), { rate = 10000, burst = 5000 })
  })

  validation {
    condition     = contains(["ipv4", "dualstack"], var.api.ip_address_type)
    error_message = "The IP address type of an API is \"ipv4\" or \"dualstack\"."
  }
}
