variable "region" {
  description = "AWS region of the database."
  type        = string
}

variable "rds" {
  description = "The global database that the config names."
  type = object({
    global_cluster = string
  })
}
