variable "region" {
  description = "AWS region of the database."
  type        = string
}

variable "rds" {
  description = "The instance that the config names."
  type = object({
    instance = string
  })
}
