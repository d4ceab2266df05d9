# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  # What the environment says of a secret is where its value is. It is read when the function starts.
  secret_environment = merge(
    {
      for name, secret in var.secrets : name => "ssm:${secret.ssm}" if secret.ssm != null
    },
    {
      for name, secret in var.secrets : name => join("#", compact(["secretsmanager:${secret.secretsmanager}", secret.key]))
      if secret.secretsmanager != null
    },
    {
      TFGEN_APP   = var.encryption_context.app
      TFGEN_STAGE = var.encryption_context.stage
    },
    # What reads them is in the bundle, and starts before the runtime does:
    # https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html#runtime-wrapper
    var.function.wrapper ? { AWS_LAMBDA_EXEC_WRAPPER = "/var/task/.tfgen/start" } : {},
  )

  # What is behind a colon, a version or a label, is no part of the ARN; a slash in front is not
  # doubled. Parameters of other accounts are named by their ARN already.
  # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
  parameter_arns = distinct([
    for secret in values(var.secrets) : startswith(secret.ssm, "arn:")
    ? join(":", slice(split(":", secret.ssm), 0, 6))
    : "arn:${local.partition}:ssm:${var.region}:${local.account_id}:parameter/${trimprefix(split(":", secret.ssm)[0], "/")}"
    if secret.ssm != null
  ])

  # Secrets Manager ends the ARN of a secret with six characters of its own:
  # https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples.html#auth-and-access_examples_wildcard
  secret_arns = distinct([
    for secret in values(var.secrets) : startswith(secret.secretsmanager, "arn:")
    ? secret.secretsmanager
    : "arn:${local.partition}:secretsmanager:${var.region}:${local.account_id}:secret:${secret.secretsmanager}-??????"
    if secret.secretsmanager != null
  ])

  # Those that secrets are encrypted with, where it is not AWS's own.
  secret_keys = distinct(compact([for secret in values(var.secrets) : secret.secretsmanager == null ? null : secret.kms_key]))
}
