# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

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
    hash_key               = string
    range_key              = optional(string)
    attributes             = map(string)
    deletion_protection    = optional(bool, true)
    point_in_time_recovery = optional(bool, true)
    indexes = optional(map(object({
      hash_key   = string
      range_key  = optional(string)
      projection = optional(string, "ALL")
      attributes = optional(list(string))
    })), {})
    local_indexes = optional(map(object({
      range_key  = string
      projection = optional(string, "ALL")
      attributes = optional(list(string))
    })), {})
    ttl = optional(object({
      attribute = string
      enabled   = optional(bool, true)
    }))
    stream = optional(string)
    encryption = optional(object({
      kms_key_arn = optional(string)
    }))
    replicas = optional(map(object({
      deletion_protection = optional(bool, true)
      kms_key_arn         = optional(string)
    })), {})
  })
}
