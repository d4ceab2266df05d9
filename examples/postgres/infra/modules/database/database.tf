# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

locals {
  name = try(coalesce(var.rds.name, var.found.name), null)

  # What the environment says of the database.
  environment = {
    DB_HOST        = var.found.host
    DB_READER_HOST = var.found.reader_host
    DB_PORT        = tostring(var.found.port)
    DB_NAME        = local.name
  }
}

locals {
  user = try(coalesce(var.rds.user, var.found.user), null)

  user_environment = var.rds.auth == "iam" ? { DB_USER = local.user } : {}

  # IAM knows the users of a database by an ARN of its own:
  # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html
  arn       = split(":", var.found.arn)
  users_arn = "arn:${local.arn[1]}:rds-db:${local.arn[3]}:${local.arn[4]}:dbuser:${var.found.resource_id}"
}
