# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

variable "region" {
  description = "AWS region of the API."
  type        = string
}

variable "names" {
  description = "Host names that clients use."
  type        = list(string)
}

variable "certificate_arns" {
  description = "For each host name, the ARN of its certificate in us-east-1, where CloudFront takes it from."
  type        = map(string)
}

variable "ip_address_type" {
  description = "What clients may connect with: \"ipv4\" or \"dualstack\"."
  type        = string

  validation {
    condition     = contains(["ipv4", "dualstack"], var.ip_address_type)
    error_message = "The IP address type of a custom domain is \"ipv4\" or \"dualstack\"."
  }
}

variable "api" {
  description = "The API behind the domain: its ID and the name of its stage."
  type = object({
    id         = string
    stage_name = string
  })
}
