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
    # tfgen: when table_keys
    own_key = optional(bool, false)
    # tfgen: end
  }))
  default = {}
}
# tfgen: end
