variable "region" {
  description = "AWS region of the database."
  type        = string
}

variable "rds" {
  description = "The proxy that the config names."
  type = object({
    proxy = string
  })
}
