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
    wrapper            = optional(bool, false)
  })
}

variable "secrets" {
  description = "Environment variables that nothing but the function has in plain text, by name: each with the one place where its value is."
  type = map(object({
    bundled = optional(bool, false)
  }))
  default = {}

  validation {
    condition = alltrue([
      for secret in values(var.secrets) : length(compact([
        secret.bundled ? "bundled" : null,
      ])) == 1
    ])
    error_message = "Every secret has exactly one place where its value is. Remove the others, or name one."
  }
}

variable "encryption_context" {
  description = "What every ciphertext of the stage is bound to, beside its region and its name."
  type = object({
    app   = string
    stage = string
  })
}

variable "kms_key" {
  description = "Alias or ARN of the KMS key that encrypts the environment and the logs; null makes one."
  type        = string
  default     = null
}

variable "key_policy" {
  description = "ARNs of the IAM principals that may administer the key, encrypt secrets and decrypt them; where there are none, IAM policies of the account decide."
  type = object({
    administrators = optional(list(string), [])
    encrypters     = optional(list(string), [])
    decrypters     = optional(list(string), [])
  })
  default = {}
}

variable "api" {
  description = "Settings of the API. The IP address type is \"ipv4\" or \"dualstack\"."
  type = object({
    ip_address_type = string
    access_logs = optional(object({
      retention_days = number
    }))
  })

  validation {
    condition     = contains(["ipv4", "dualstack"], var.api.ip_address_type)
    error_message = "The IP address type of an API is \"ipv4\" or \"dualstack\"."
  }
}
