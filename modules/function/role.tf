data "aws_iam_policy_document" "assume_role" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

# IAM is global, so the name carries the region.
resource "aws_iam_role" "this" {
  name               = "${var.name}-${var.region}"
  description        = "What the function ${var.name} may do in ${var.region}"
  assume_role_policy = data.aws_iam_policy_document.assume_role.json
}

# The policy is made before the function, so it cannot ask it for its ARN.
locals {
  function_arn = "arn:${local.partition}:lambda:${var.region}:${local.account_id}:function:${var.name}"
}

data "aws_iam_policy_document" "function" {
  statement {
    sid       = "WriteLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this.arn}:*"]
  }

  # Lambda decrypts the environment when the function starts: as this role, and bound to the ARN of the
  # function. The grant that Lambda makes for that does not outlive the role; this statement does.
  # https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
  statement {
    sid       = "DecryptEnvironment"
    actions   = ["kms:Decrypt"]
    resources = [local.key_arn]

    condition {
      test     = "StringLike"
      variable = "kms:EncryptionContext:aws:lambda:FunctionArn"
      values   = [local.function_arn, "${local.function_arn}:*"]
    }
  }

  # tfgen: when ciphertexts, bundled
  # Of any name: a version from before a secret was removed must still start, for a rollback.
  dynamic "statement" {
    # tfgen: when ciphertexts
    # tfgen: when bundled
    for_each = anytrue([for secret in values(var.secrets) : secret.kms != null || secret.bundled]) ? ["DecryptSecrets"] : []
    # tfgen: else
    # for_each = anytrue([for secret in values(var.secrets) : secret.kms != null]) ? ["DecryptSecrets"] : []
    # tfgen: end
    # tfgen: else
    # for_each = anytrue([for secret in values(var.secrets) : secret.bundled]) ? ["DecryptSecrets"] : []
    # tfgen: end

    content {
      sid       = statement.value
      actions   = ["kms:Decrypt"]
      resources = [local.key_arn]

      dynamic "condition" {
        for_each = local.encryption_context

        content {
          test     = "StringEquals"
          variable = "kms:EncryptionContext:${condition.key}"
          values   = [condition.value]
        }
      }
    }
  }
  # tfgen: end

  # tfgen: when ssm
  dynamic "statement" {
    for_each = length(local.parameter_arns) > 0 ? ["ReadParameters"] : []

    content {
      sid       = statement.value
      actions   = ["ssm:GetParameters"]
      resources = local.parameter_arns
    }
  }
  # tfgen: end

  # tfgen: when ssm_key
  dynamic "statement" {
    for_each = length(local.parameter_keys) > 0 ? ["DecryptParameters"] : []

    content {
      sid       = statement.value
      actions   = ["kms:Decrypt"]
      resources = local.parameter_keys

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["ssm.${var.region}.${data.aws_partition.current.dns_suffix}"]
      }
    }
  }
  # tfgen: end

  # tfgen: when secretsmanager
  dynamic "statement" {
    for_each = length(local.secret_arns) > 0 ? ["ReadSecrets"] : []

    content {
      sid       = statement.value
      actions   = ["secretsmanager:GetSecretValue"]
      resources = local.secret_arns
    }
  }
  # tfgen: end

  # tfgen: when secretsmanager_key
  dynamic "statement" {
    for_each = length(local.secret_keys) > 0 ? ["DecryptSecretsManager"] : []

    content {
      sid       = statement.value
      actions   = ["kms:Decrypt"]
      resources = local.secret_keys

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["secretsmanager.${var.region}.${data.aws_partition.current.dns_suffix}"]
      }
    }
  }
  # tfgen: end

  # tfgen: when tracing
  # X-Ray has no resource level:
  # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
  dynamic "statement" {
    for_each = var.function.tracing ? ["SendTraces"] : []

    content {
      sid       = statement.value
      actions   = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
      resources = ["*"]
    }
  }
  # tfgen: end

  # tfgen: when dead_letter
  dynamic "statement" {
    for_each = aws_sqs_queue.dead_letter

    content {
      sid       = "SendDeadLetters"
      actions   = ["sqs:SendMessage"]
      resources = [statement.value.arn]
    }
  }
  # tfgen: end

  # tfgen: when vpc
  # Lambda manages the network interfaces with the function's role, and one that it shares between
  # functions has no name beforehand. Subnets may belong to another account, which shares them.
  # https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
  dynamic "statement" {
    for_each = var.function.vpc == null ? [] : ["ManageNetworkInterfaces"]

    content {
      sid = statement.value
      actions = [
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:AssignPrivateIpAddresses",
        "ec2:UnassignPrivateIpAddresses",
      ]
      resources = ["arn:${local.partition}:ec2:${var.region}:*:*/*"]
    }
  }

  # To describe has no resource level:
  # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
  dynamic "statement" {
    for_each = var.function.vpc == null ? [] : ["DescribeNetwork"]

    content {
      sid       = statement.value
      actions   = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"]
      resources = ["*"]
    }
  }

  # All of that is for Lambda: the function's own code has no use for it.
  # https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-best-practice
  dynamic "statement" {
    for_each = var.function.vpc == null ? [] : ["DenyNetworkToCode"]

    content {
      sid    = statement.value
      effect = "Deny"
      actions = [
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DetachNetworkInterface",
        "ec2:AssignPrivateIpAddresses",
        "ec2:UnassignPrivateIpAddresses",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
      ]
      resources = ["*"]

      condition {
        test     = "ArnEquals"
        variable = "lambda:SourceFunctionArn"
        values   = [local.function_arn]
      }
    }
  }
  # tfgen: end

  # tfgen: when tables
  # Without a Sid, which has letters and digits only: A_B_TABLE and AB_TABLE would have the same.
  dynamic "statement" {
    for_each = var.tables

    content {
      actions = local.table_actions[statement.value.access]
      # tfgen: when used_indexes
      resources = concat(
        [local.table_arns[statement.key]],
        statement.value.indexes ? ["${local.table_arns[statement.key]}/index/*"] : [],
      )
      # tfgen: else
      # resources = [local.table_arns[statement.key]]
      # tfgen: end
    }
  }
  # tfgen: end

  # tfgen: when used_streams
  # A stream carries the time of its beginning in its name.
  dynamic "statement" {
    for_each = { for variable, table in var.tables : variable => table if table.stream }

    content {
      actions   = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
      resources = ["${local.table_arns[statement.key]}/stream/*"]
    }
  }
  # tfgen: end

  # tfgen: when tables
  # DynamoDB decrypts the key of a table as the caller who asks for its items. The right is there before
  # a table comes to this key, and after it has left it: otherwise the function would be denied meanwhile.
  # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.howitworks.html
  dynamic "statement" {
    for_each = length(var.tables) > 0 ? ["DecryptTables"] : []

    content {
      sid       = statement.value
      actions   = ["kms:Decrypt"]
      resources = [local.key_arn]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["dynamodb.${var.region}.${data.aws_partition.current.dns_suffix}"]
      }
    }
  }
  # tfgen: end

  # tfgen: when rds_iam
  dynamic "statement" {
    for_each = var.database_user_arn[*]

    content {
      sid       = "ConnectToDatabase"
      actions   = ["rds-db:connect"]
      resources = [statement.value]
    }
  }
  # tfgen: end

  # tfgen: when policies
  dynamic "statement" {
    for_each = var.function.policies

    content {
      effect    = statement.value.effect
      actions   = statement.value.actions
      resources = statement.value.resources

      # tfgen: when conditions
      dynamic "condition" {
        for_each = statement.value.conditions

        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
      # tfgen: end
    }
  }
  # tfgen: end
}

resource "aws_iam_role_policy" "this" {
  name   = "function"
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.function.json
}
