variable "region" {
  description = "AWS region of the table: its replicas in other regions are made from it."
  type        = string
}

variable "name" {
  description = "Name of the table, in all regions."
  type        = string
}

variable "table" {
  description = "Settings of the table. Attributes are the keys of the table and its indexes, with their types."
  type = object({
    hash_key = string
    # tfgen: when table_range_key
    range_key = optional(string)
    # tfgen: end
    attributes             = map(string)
    deletion_protection    = optional(bool, true)
    point_in_time_recovery = optional(bool, true)
    # tfgen: when table_indexes
    indexes = optional(map(object({
      hash_key   = string
      range_key  = optional(string)
      projection = optional(string, "ALL")
      attributes = optional(list(string))
    })), {})
    # tfgen: end
    # tfgen: when table_local_indexes
    local_indexes = optional(map(object({
      range_key  = string
      projection = optional(string, "ALL")
      attributes = optional(list(string))
    })), {})
    # tfgen: end
    # tfgen: when table_ttl
    ttl = optional(object({
      attribute = string
      enabled   = optional(bool, true)
    }))
    # tfgen: end
    # tfgen: when capacity
    capacity = optional(object({
      read  = number
      write = number
    }))
    # tfgen: end
    # tfgen: when scaled_capacity
    scaling = optional(map(object({
      max    = number
      target = number
    })), {})
    # tfgen: end
    # tfgen: when table_stream
    stream = optional(string)
    # tfgen: end
    # tfgen: when table_encryption
    encryption = optional(object({
      # tfgen: when table_keys
      kms_key_arn = optional(string)
      # tfgen: end
    }))
    # tfgen: end
    # tfgen: when replicas
    replicas = optional(map(object({
      # tfgen: when replica_protection
      deletion_protection = optional(bool, true)
      # tfgen: end
      # tfgen: when table_keys
      kms_key_arn = optional(string)
      # tfgen: end
    })), {})
    # tfgen: end
    # tfgen: when strong_consistency
    consistency = optional(string)
    # tfgen: end
    # tfgen: when witness
    witness = optional(string)
    # tfgen: end
  })
}
