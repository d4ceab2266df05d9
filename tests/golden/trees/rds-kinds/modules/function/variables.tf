# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

variable "region" {
  description = "AWS region of the function."
  type        = string
}

variable "name" {
  description = "Name of the function, and of its log group and key alias. The role adds the region."
  type        = string

  validation {
    condition     = length("${var.name}-${var.region}") <= 64
    error_message = "The role's name, \"${var.name}-${var.region}\", is over IAM's 64 characters. Shorten the name of the app or of the stage."
  }
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
    vpc = optional(object({
      subnet_ids         = list(string)
      security_group_ids = list(string)
    }))
  })
}

variable "environment" {
  description = "Environment variables of the function, encrypted with its key."
  type        = map(string)
  default     = {}
}

variable "encryption_context" {
  description = "What every ciphertext of the stage is bound to, beside its region and its name."
  type = object({
    app   = string
    stage = string
  })
}

variable "secrets" {
  description = "Environment variables that nothing but the function has in plain text, by name: each with the one place where its value is."
  type = map(object({
    ssm            = optional(string)
    secretsmanager = optional(string)
    key            = optional(string)
    kms_key        = optional(string)
  }))
  default = {}

  validation {
    condition = alltrue([
      for secret in values(var.secrets) : length(compact([
        secret.ssm,
        secret.secretsmanager,
      ])) == 1
    ])
    error_message = "Every secret has exactly one place where its value is. Remove the others, or name one."
  }
}

variable "tables" {
  description = "Tables that the function uses, by the environment variable that has the name of each. The access is read, write or full."
  type = map(object({
    name   = string
    access = string
  }))
  default = {}
}
