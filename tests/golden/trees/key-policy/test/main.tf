# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  name = "vault-test"

  function = {
    runtime            = "nodejs22.x"
    handler            = "index.handler"
    memory             = 512
    timeout            = 15
    architecture       = "arm64"
    log_retention_days = 30
  }

  api = {
    ip_address_type = "dualstack"
    access_logs = {
      retention_days = 30
    }
  }

  # Beside its region and its name, what a ciphertext is bound to: nobody decrypts it for another.
  encryption_context = {
    app   = "vault"
    stage = "test"
  }

  # Where the values are of the variables that are not in plain text.
  secrets = {
    API_KEY = { bundled = true }
    DB      = { bundled = true }
  }

  key_policy = {
    encrypters = ["arn:aws:iam::123456789012:role/developer"]
    decrypters = ["arn:aws:iam::123456789012:role/admin"]
  }
}

module "ap_southeast_2" {
  source = "../modules/region"

  region             = "ap-southeast-2"
  name               = local.name
  bundle             = "${path.root}/../../.tfgen/sealed/test/src.zip"
  api                = local.api
  function           = local.function
  encryption_context = local.encryption_context
  secrets            = local.secrets
  key_policy         = local.key_policy
}
