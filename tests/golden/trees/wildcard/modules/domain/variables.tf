# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

variable "region" {
  description = "AWS region of the API, and of the certificate in front of it."
  type        = string
}

variable "names" {
  description = "Host names that clients use."
  type        = list(string)
}

# Not an object together with the names: the records depend on the certificates, these on the names,
# and one object of both would be a cycle.
variable "validation_record_fqdns" {
  description = "For each host name, the name of the DNS record that proves to ACM that it is ours."
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
