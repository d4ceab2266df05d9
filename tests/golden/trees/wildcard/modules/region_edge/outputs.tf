# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

output "function" {
  description = "ARNs of the function and of the alias that serves requests."
  value = {
    arn       = module.function.arn
    alias_arn = module.function.alias.arn
  }
}

output "api" {
  description = "The API's own execute-api host, the path of its stage on it, and the URL of both."
  value = {
    host       = module.api.host
    stage_path = module.api.stage_path
    url        = module.api.url
  }
}

output "domain_targets" {
  description = "For each domain, what its alias records point to: a host name and its hosted zone."
  value       = module.domain.targets
}
