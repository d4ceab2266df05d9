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
    runtime                 = string
    handler                 = string
    memory                  = number
    timeout                 = number
    architecture            = string
    log_retention_days      = number
    ephemeral_storage       = optional(number, 512)
    reserved_concurrency    = optional(number)
    provisioned_concurrency = optional(number)
    dead_letter             = optional(bool, false)
    policies = optional(list(object({
      effect    = optional(string, "Allow")
      actions   = list(string)
      resources = list(string)
      conditions = optional(list(object({
        test     = string
        variable = string
        values   = list(string)
      })), [])
    })), [])
    vpc = optional(object({
      subnet_ids                         = list(string)
      security_group_ids                 = list(string)
      ipv6                               = optional(bool, false)
      replace_security_groups_on_destroy = optional(bool, false)
      replacement_security_group_ids     = optional(list(string))
    }))
  })
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
