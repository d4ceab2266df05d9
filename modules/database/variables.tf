# tfgen: when rds_open
variable "region" {
  description = "AWS region of the database and of the function."
  type        = string
}
# tfgen: end

variable "rds" {
  description = "How the function uses its database: as the config says it."
  type = object({
    # tfgen: when rds_name
    name = optional(string)
    # tfgen: end
    # tfgen: when rds_user
    user = optional(string)
    # tfgen: end
    auth = optional(string, "iam")
    # tfgen: when rds_named_secret
    secret = optional(string)
    # tfgen: end
    # tfgen: when rds_secret_key
    kms_key = optional(string)
    # tfgen: end
    # tfgen: when rds_public
    public = optional(bool, false)
    # tfgen: end
    # tfgen: when rds_open
    open = optional(bool, false)
    # tfgen: end
    # tfgen: when rds_variables
    variables = optional(object({
      host        = optional(string, "DB_HOST")
      reader_host = optional(string, "DB_READER_HOST")
      port        = optional(string, "DB_PORT")
      name        = optional(string, "DB_NAME")
      user        = optional(string, "DB_USER")
      password    = optional(string, "DB_PASSWORD")
    }), {})
    # tfgen: end
  })

  validation {
    condition     = contains(["iam", "secret", "url"], var.rds.auth)
    error_message = "What lets the function in is \"iam\", \"secret\" or \"url\"."
  }
}

variable "found" {
  description = "What AWS says of the database."
  type = object({
    arn         = string
    host        = string
    reader_host = string
    port        = number
    name        = optional(string)
    # tfgen: when rds_iam
    user        = optional(string)
    resource_id = string
    iam         = optional(bool)
    # tfgen: end
    # tfgen: when rds_managed_secret
    secret = optional(object({
      arn     = string
      kms_key = string
    }))
    # tfgen: end
    # tfgen: when rds_public
    public = optional(bool)
    # tfgen: end
    # tfgen: when rds_open
    security_group_ids = list(string)
    # tfgen: end
  })
}

# tfgen: when rds_open
variable "name" {
  description = "Name of the function."
  type        = string
}

variable "security_group_ids" {
  description = "Security groups of the function."
  type        = list(string)
}
# tfgen: end
