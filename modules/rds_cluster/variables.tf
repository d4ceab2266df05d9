variable "region" {
  description = "AWS region of the database."
  type        = string
}

variable "rds" {
  description = "The cluster that the config names."
  type = object({
    cluster = string
  })
}
