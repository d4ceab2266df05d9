# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

variable "region" {
  description = "AWS region of the function."
  type        = string
}

variable "function" {
  description = "The function that has the URL: its name, and the name and ARN of its alias."
  type = object({
    name = string
    alias = object({
      name = string
      arn  = string
    })
  })
}

variable "api" {
  description = "Settings of the URL. Its authorization is \"NONE\" or \"AWS_IAM\"."
  type = object({
    authorization = string
  })

  validation {
    condition     = contains(["NONE", "AWS_IAM"], var.api.authorization)
    error_message = "The authorization of a function URL is \"NONE\" or \"AWS_IAM\"."
  }
}
