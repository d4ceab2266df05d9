# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  # Of every ciphertext, beside the name of its variable: KMS decrypts it under the same only.
  encryption_context = merge(var.encryption_context, { region = var.region })

  # What the environment says of a secret is where its value is. It is read when the function starts.
  secret_environment = merge(
    {
      TFGEN_APP   = var.encryption_context.app
      TFGEN_STAGE = var.encryption_context.stage
    },
    # What reads them is in the bundle, and starts before the runtime does:
    # https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html#runtime-wrapper
    var.function.wrapper ? { AWS_LAMBDA_EXEC_WRAPPER = "/var/task/.tfgen/start" } : {},
  )

  environment = length(var.secrets) == 0 ? {} : local.secret_environment
}
