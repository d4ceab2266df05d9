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

# tfgen: when bundle
variable "bundle" {
  description = "Path of the zip that holds the function's code."
  type        = string
}
# tfgen: end

# tfgen: when s3
variable "artifact" {
  description = "Where the bundle is in S3: an object of a bucket in the function's region."
  type = object({
    bucket = string
    key    = string
  })
}
# tfgen: end

variable "function" {
  description = "Settings of the function. Memory is in MB, the timeout in seconds."
  type = object({
    # tfgen: when bundle
    runtime = string
    handler = string
    # tfgen: end
    # tfgen: when image
    image    = string
    registry = optional(string)
    # tfgen: end
    memory             = number
    timeout            = number
    architecture       = string
    log_retention_days = number
    # tfgen: when wrapper
    wrapper = optional(bool, false)
    # tfgen: end
    # tfgen: when ephemeral_storage
    ephemeral_storage = optional(number, 512)
    # tfgen: end
    # tfgen: when tracing
    tracing = optional(bool, false)
    # tfgen: end
    # tfgen: when reserved_concurrency
    reserved_concurrency = optional(number)
    # tfgen: end
    # tfgen: when provisioned_concurrency
    provisioned_concurrency = optional(number)
    # tfgen: end
    # tfgen: when layers
    layers = optional(list(string), [])
    # tfgen: end
    # tfgen: when dead_letter
    dead_letter = optional(bool, false)
    # tfgen: end
    # tfgen: when policies
    policies = optional(list(object({
      effect    = optional(string, "Allow")
      actions   = list(string)
      resources = list(string)
      # tfgen: when conditions
      conditions = optional(list(object({
        test     = string
        variable = string
        values   = list(string)
      })), [])
      # tfgen: end
    })), [])
    # tfgen: end
    # tfgen: when vpc
    vpc = optional(object({
      subnet_ids         = list(string)
      security_group_ids = list(string)
      # tfgen: when vpc_ipv6
      ipv6 = optional(bool, false)
      # tfgen: end
      # tfgen: when vpc_replacement
      replace_security_groups_on_destroy = optional(bool, false)
      # tfgen: end
      # tfgen: when vpc_replacement_ids
      replacement_security_group_ids = optional(list(string))
      # tfgen: end
    }))
    # tfgen: end
  })
}

# tfgen: when environment
variable "environment" {
  description = "Environment variables of the function, encrypted with its key."
  type        = map(string)
  default     = {}
}
# tfgen: end

# tfgen: when secrets, key_policy
variable "encryption_context" {
  description = "What every ciphertext of the stage is bound to, beside its region and its name."
  type = object({
    app   = string
    stage = string
  })
}
# tfgen: end

# tfgen: when secrets
variable "secrets" {
  description = "Environment variables that nothing but the function has in plain text, by name: each with the one place where its value is."
  type = map(object({
    # tfgen: when ciphertexts
    kms = optional(string)
    # tfgen: end
    # tfgen: when bundled
    bundled = optional(bool, false)
    # tfgen: end
    # tfgen: when ssm
    ssm = optional(string)
    # tfgen: end
    # tfgen: when secretsmanager
    secretsmanager = optional(string)
    # tfgen: end
    # tfgen: when json_key
    key = optional(string)
    # tfgen: end
    # tfgen: when ssm_key, secretsmanager_key
    kms_key = optional(string)
    # tfgen: end
  }))
  default = {}

  validation {
    condition = alltrue([
      for secret in values(var.secrets) : length(compact([
        # tfgen: when ciphertexts
        secret.kms,
        # tfgen: end
        # tfgen: when bundled
        secret.bundled ? "bundled" : null,
        # tfgen: end
        # tfgen: when ssm
        secret.ssm,
        # tfgen: end
        # tfgen: when secretsmanager
        secret.secretsmanager,
        # tfgen: end
      ])) == 1
    ])
    error_message = "Every secret has exactly one place where its value is. Remove the others, or name one."
  }
}
# tfgen: end

# tfgen: when given_key
variable "kms_key" {
  # tfgen: when own_key
  description = "Alias or ARN of the KMS key that encrypts the environment and the logs; null makes one."
  type        = string
  default     = null
  # tfgen: else
  # description = "Alias or ARN of the KMS key that encrypts the environment and the logs."
  # type        = string
  # tfgen: end
}
# tfgen: end

# tfgen: when principals
variable "key_policy" {
  description = "ARNs of the IAM principals that may administer the key, encrypt secrets and decrypt them; where there are none, IAM policies of the account decide."
  type = object({
    administrators = optional(list(string), [])
    encrypters     = optional(list(string), [])
    decrypters     = optional(list(string), [])
  })
  default = {}
}
# tfgen: end

# tfgen: when tables
variable "tables" {
  description = "Tables that the function uses, by the environment variable that has the name of each. The access is read, write or full."
  type = map(object({
    name   = string
    access = string
    # tfgen: when used_indexes
    indexes = optional(bool, false)
    # tfgen: end
    # tfgen: when used_streams
    stream = optional(bool, false)
    # tfgen: end
  }))
  default = {}
}
# tfgen: end

# tfgen: when rds_iam
variable "database_user_arn" {
  description = "User of a database that IAM lets the function in as; null if it lets it in nowhere."
  type        = string
  default     = null
}
# tfgen: end
