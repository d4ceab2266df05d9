# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

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
