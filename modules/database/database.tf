locals {
  # tfgen: when rds_name
  name = try(coalesce(var.rds.name, var.found.name), null)
  # tfgen: else
  # name = var.found.name == "" ? null : var.found.name
  # tfgen: end

  # What the environment says of the database.
  environment = {
    # tfgen: when rds_variables
    (var.rds.variables.host)        = var.found.host
    (var.rds.variables.reader_host) = var.found.reader_host
    (var.rds.variables.port)        = tostring(var.found.port)
    (var.rds.variables.name)        = local.name
    # tfgen: else
    # DB_HOST        = var.found.host
    # DB_READER_HOST = var.found.reader_host
    # DB_PORT        = tostring(var.found.port)
    # DB_NAME        = local.name
    # tfgen: end
  }
}

# tfgen: when rds_iam
locals {
  # tfgen: when rds_user
  user = try(coalesce(var.rds.user, var.found.user), null)
  # tfgen: else
  # user = var.found.user
  # tfgen: end

  # tfgen: when rds_variables
  user_environment = var.rds.auth == "iam" ? { (var.rds.variables.user) = local.user } : {}
  # tfgen: else
  # user_environment = var.rds.auth == "iam" ? { DB_USER = local.user } : {}
  # tfgen: end

  # IAM knows the users of a database by an ARN of its own:
  # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html
  arn       = split(":", var.found.arn)
  users_arn = "arn:${local.arn[1]}:rds-db:${local.arn[3]}:${local.arn[4]}:dbuser:${var.found.resource_id}"
}
# tfgen: end
