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

# tfgen: when mtls
variable "truststore" {
  description = "The authorities whose client certificates the domains accept: the URI of a file in S3, and its version in a bucket that has versions."
  type = object({
    uri     = string
    version = optional(string)
  })
  default = null
}
# tfgen: end

# tfgen: when security_policy
variable "security_policy" {
  description = "Security policy of the API behind the domain."
  type        = string
  default     = "TLS_1_2"
  nullable    = false
}
# tfgen: end
