# tfgen: when account_role
# An account has one role per region with which API Gateway writes the logs of all its REST APIs.
data "aws_iam_policy_document" "account" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["apigateway.amazonaws.com"]
    }
  }
}

locals {
  account_roles = try(var.api.access_logs.account_role, false) ? 1 : 0
}

# IAM is global, so the name carries the region.
resource "aws_iam_role" "account" {
  count = local.account_roles

  name               = "${var.name}-apigateway-${var.region}"
  description        = "How API Gateway writes logs in ${var.region}"
  assume_role_policy = data.aws_iam_policy_document.account.json
}

resource "aws_iam_role_policy_attachment" "account" {
  count = local.account_roles

  role       = aws_iam_role.account[count.index].name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
}

resource "aws_api_gateway_account" "this" {
  count = local.account_roles

  region = var.region

  cloudwatch_role_arn = aws_iam_role.account[count.index].arn

  depends_on = [aws_iam_role_policy_attachment.account]

  # Its removal takes the role from all other APIs of the account in this region. To leave the role
  # to them, take the resource and its role out of the state: `terraform state rm`.
  lifecycle {
    prevent_destroy = true
  }
}
# tfgen: end
