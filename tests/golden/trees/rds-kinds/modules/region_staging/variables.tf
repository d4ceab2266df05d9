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
    vpc = optional(object({
      subnet_ids         = list(string)
      security_group_ids = list(string)
    }))
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

variable "encryption_context" {
  description = "What every ciphertext of the stage is bound to, beside its region and its name."
  type = object({
    app   = string
    stage = string
  })
}

variable "tables" {
  description = "Tables that the function uses, by the environment variable that has the name of each. The access is read, write or full."
  type = map(object({
    name   = string
    access = string
  }))
  default = {}
}

variable "rds" {
  description = "The database that the function uses, and how."
  type = object({
    cluster = string
    name    = optional(string)
    auth    = optional(string, "iam")
    secret  = optional(string)
    public  = optional(bool, false)
    variables = optional(object({
      host        = optional(string, "DB_HOST")
      reader_host = optional(string, "DB_READER_HOST")
      port        = optional(string, "DB_PORT")
      name        = optional(string, "DB_NAME")
      user        = optional(string, "DB_USER")
      password    = optional(string, "DB_PASSWORD")
    }), {})
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
