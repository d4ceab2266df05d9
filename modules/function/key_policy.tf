# tfgen: when own_key
locals {
  # As a principal, an account stands for whoever its IAM policies allow the same:
  # https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
  account = "arn:${local.partition}:iam::${local.account_id}:root"

  # tfgen: when key_policy
  role_arn = "arn:${local.partition}:iam::${local.account_id}:role/${var.name}-${var.region}"
  # tfgen: end

  log_group_arn = "arn:${local.partition}:logs:${var.region}:${local.account_id}:log-group:${local.log_group_name}"

  # tfgen: when access_logs
  # Of the API, if it logs its requests.
  access_log_group_arn = "arn:${local.partition}:logs:${var.region}:${local.account_id}:log-group:/aws/vendedlogs/apigateway/${var.name}"
  # tfgen: end
}

data "aws_iam_policy_document" "key" {
  # tfgen: when key_policy
  # Whoever creates the key must be allowed to change its policy, or KMS refuses it. These actions do
  # not encrypt or decrypt, and make no grants:
  # https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#key-policy-default-allow-administrators
  statement {
    sid = "AllowAdministration"
    actions = [
      "kms:CancelKeyDeletion",
      "kms:CreateAlias",
      "kms:DeleteAlias",
      "kms:DescribeKey",
      "kms:DisableKey",
      "kms:DisableKeyRotation",
      "kms:EnableKey",
      "kms:EnableKeyRotation",
      "kms:GetKeyPolicy",
      "kms:GetKeyRotationStatus",
      "kms:ListGrants",
      "kms:ListKeyPolicies",
      "kms:ListKeyRotations",
      "kms:ListResourceTags",
      "kms:PutKeyPolicy",
      "kms:RevokeGrant",
      "kms:RotateKeyOnDemand",
      "kms:ScheduleKeyDeletion",
      "kms:TagResource",
      "kms:UntagResource",
      "kms:UpdateAlias",
      "kms:UpdateKeyDescription",
    ]
    resources = ["*"]

    principals {
      type = "AWS"
      # tfgen: when principals
      identifiers = coalescelist(var.key_policy.administrators, [local.account])
      # tfgen: else
      # identifiers = [local.account]
      # tfgen: end
    }
  }

  # Secrets of any name, but of this stage and region only:
  # https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-encryption-context
  statement {
    sid       = "AllowEncryption"
    actions   = ["kms:Encrypt", "kms:ReEncryptTo"]
    resources = ["*"]

    principals {
      type = "AWS"
      # tfgen: when principals
      identifiers = coalescelist(var.key_policy.encrypters, [local.account])
      # tfgen: else
      # identifiers = [local.account]
      # tfgen: end
    }

    dynamic "condition" {
      for_each = local.encryption_context

      content {
        test     = "StringEquals"
        variable = "kms:EncryptionContext:${condition.key}"
        values   = [condition.value]
      }
    }
  }

  statement {
    sid       = "AllowDecryption"
    actions   = ["kms:Decrypt", "kms:ReEncryptFrom"]
    resources = ["*"]

    principals {
      type = "AWS"
      # tfgen: when principals
      identifiers = coalescelist(var.key_policy.decrypters, [local.account])
      # tfgen: else
      # identifiers = [local.account]
      # tfgen: end
    }

    dynamic "condition" {
      for_each = local.encryption_context

      content {
        test     = "StringEquals"
        variable = "kms:EncryptionContext:${condition.key}"
        values   = [condition.value]
      }
    }
  }

  # The function's role, by a condition: as a principal, it would have to exist already, and KMS would
  # hold on to its unique ID and not know a role of the same name that is made after it. The role's own
  # policy allows the same.
  # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
  statement {
    sid       = "AllowFunction"
    actions   = ["kms:Decrypt"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = [local.account]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:PrincipalArn"
      values   = [local.role_arn]
    }

    dynamic "condition" {
      for_each = local.encryption_context

      content {
        test     = "StringEquals"
        variable = "kms:EncryptionContext:${condition.key}"
        values   = [condition.value]
      }
    }
  }

  # Lambda's own encryption of the environment: see the role.
  statement {
    sid       = "AllowFunctionToStart"
    actions   = ["kms:Decrypt"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = [local.account]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:PrincipalArn"
      values   = [local.role_arn]
    }

    condition {
      test     = "StringLike"
      variable = "kms:EncryptionContext:aws:lambda:FunctionArn"
      values   = [local.function_arn, "${local.function_arn}:*"]
    }
  }

  # Whoever deploys, by way of the services that encrypt for the function:
  # https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
  statement {
    sid       = "AllowServices"
    actions   = ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = [local.account]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      # tfgen: when s3, tables
      values = [
        # tfgen: when tables
        "dynamodb.${var.region}.${data.aws_partition.current.dns_suffix}",
        # tfgen: end
        "lambda.${var.region}.${data.aws_partition.current.dns_suffix}",
        # tfgen: when s3
        "s3.${var.region}.${data.aws_partition.current.dns_suffix}",
        # tfgen: end
      ]
      # tfgen: else
      # values = ["lambda.${var.region}.${data.aws_partition.current.dns_suffix}"]
      # tfgen: end
    }
  }
  # tfgen: else
  # # Without this statement, IAM policies could not grant anything on the key, and nobody could
  # # administer it.
  # statement {
  #   sid       = "AllowAccount"
  #   actions   = ["kms:*"]
  #   resources = ["*"]
  #
  #   principals {
  #     type        = "AWS"
  #     identifiers = [local.account]
  #   }
  # }
  # tfgen: end

  # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
  statement {
    sid       = "AllowCloudWatchLogs"
    actions   = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["logs.${var.region}.${data.aws_partition.current.dns_suffix}"]
    }

    condition {
      test     = "ArnEquals"
      variable = "kms:EncryptionContext:aws:logs:arn"
      # tfgen: when access_logs
      values = [local.log_group_arn, local.access_log_group_arn]
      # tfgen: else
      # values = [local.log_group_arn]
      # tfgen: end
    }
  }
}
# tfgen: end
