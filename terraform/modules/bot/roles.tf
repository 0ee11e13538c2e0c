# Two roles: what the bot may do, and what ECS may do to start it.

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${local.partition}:ecs:${local.region}:${local.account}:*"]
    }
  }
}

resource "aws_iam_role" "task" {
  name                 = "${var.name_prefix}-task"
  description          = "The compliance bot."
  assume_role_policy   = data.aws_iam_policy_document.assume.json
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

# tests/terraform/test_access.py compares these actions with the calls in the bot's code.
data "aws_iam_policy_document" "task" {
  dynamic "statement" {
    for_each = length(var.queues) > 0 ? [var.queues] : []

    content {
      sid       = "ReadQueues"
      actions   = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
      resources = statement.value[*].arn
    }
  }

  dynamic "statement" {
    for_each = length(var.queues) > 0 ? [distinct(var.queues[*].kms_key_arn)] : []

    content {
      sid       = "DecryptMessages"
      actions   = ["kms:Decrypt"]
      resources = statement.value

      condition {
        test     = "StringLike"
        variable = "kms:ViaService"
        values   = ["sqs.*.${local.domain}"]
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.topic_arns) > 0 ? [var.topic_arns] : []

    content {
      sid       = "ConfirmSubscriptions"
      actions   = ["sns:ConfirmSubscription"]
      resources = sort(statement.value)
    }
  }

  dynamic "statement" {
    for_each = local.allowlist_in_s3

    content {
      sid       = "KeepAllowlist"
      actions   = ["s3:GetObject", "s3:PutObject"]
      resources = ["arn:${local.partition}:s3:::${statement.value[0]}/${statement.value[1]}"]
    }
  }

  # Without the right to list, S3 says "denied" of an object that is not there.
  dynamic "statement" {
    for_each = local.allowlist_in_s3

    content {
      sid       = "CheckAllowlistBucket"
      actions   = ["s3:GetBucketVersioning", "s3:ListBucket"]
      resources = ["arn:${local.partition}:s3:::${statement.value[0]}"]
    }
  }

  dynamic "statement" {
    for_each = var.allowlist_kms_key_arn == null ? [] : [var.allowlist_kms_key_arn]

    content {
      sid       = "UseAllowlistKey"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [statement.value]

      condition {
        test     = "StringLike"
        variable = "kms:ViaService"
        values   = ["s3.*.${local.domain}"]
      }
    }
  }

  # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html:
  # an organisation's accounts and units cannot be listed by their ARNs.
  dynamic "statement" {
    for_each = try(local.settings.organization, false) ? ["*"] : []

    content {
      sid = "ReadOrganisation"
      actions = [
        "organizations:DescribeOrganizationalUnit",
        "organizations:ListAccounts",
        "organizations:ListParents",
        "organizations:ListTagsForResource",
      ]
      resources = [statement.value]
    }
  }

  statement {
    sid     = "AssumeItsRole"
    actions = ["sts:AssumeRole", "sts:SetSourceIdentity"]
    resources = [
      for account in(var.organization_id == null ? local.settings.accounts[*].id : ["*"]) :
      "arn:${local.partition}:iam::${account}:role/${local.settings.role_name}"
    ]

    dynamic "condition" {
      for_each = var.organization_id == null ? [] : [var.organization_id]

      content {
        test     = "StringEquals"
        variable = "aws:ResourceOrgID"
        values   = [condition.value]
      }
    }
  }
}

resource "aws_iam_role_policy" "task" {
  name   = "bot"
  role   = aws_iam_role.task.name
  policy = data.aws_iam_policy_document.task.json
}

resource "aws_iam_role" "execution" {
  name                 = "${var.name_prefix}-execution"
  description          = "Starts the compliance bot: its image, its secrets, its log."
  assume_role_policy   = data.aws_iam_policy_document.assume.json
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

# repositories: where the image is in ECR, the ARN of its repository. has_secrets is one thing or none:
# a statement without a resource is no policy.
locals {
  has_secrets  = [for name in ["secrets"] : name if length(var.secrets) > 0 || var.database != null]
  image_in_ecr = try(regex("^([0-9]{12})\\.dkr\\.ecr\\.([a-z0-9-]+)\\.amazonaws\\.com(?:\\.cn)?/([^:@]+)", var.image), [])
  repositories = length(local.image_in_ecr) == 0 ? [] : [
    "arn:${local.partition}:ecr:${local.image_in_ecr[1]}:${local.image_in_ecr[0]}:repository/${local.image_in_ecr[2]}",
  ]
}

data "aws_iam_policy_document" "execution" {
  #checkov:skip=CKV_AWS_356:ECR limits GetAuthorizationToken to no resource
  statement {
    sid       = "WriteLog"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this.arn}:*"]
  }

  dynamic "statement" {
    for_each = local.has_secrets

    content {
      sid     = "ReadSecrets"
      actions = ["secretsmanager:GetSecretValue"]
      resources = concat(
        [for secret in aws_secretsmanager_secret.this : secret.arn],
        local.database_secret_arns,
      )
    }
  }

  dynamic "statement" {
    for_each = local.has_secrets

    content {
      sid       = "DecryptSecrets"
      actions   = ["kms:Decrypt"]
      resources = [aws_kms_key.this.arn]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["secretsmanager.${local.region}.${local.domain}"]
      }
    }
  }

  dynamic "statement" {
    for_each = local.repositories

    content {
      sid       = "ReadImage"
      actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = local.repositories

    content {
      sid       = "EnterRegistry"
      actions   = ["ecr:GetAuthorizationToken"]
      resources = ["*"]
    }
  }
}

resource "aws_iam_role_policy" "execution" {
  name   = "start"
  role   = aws_iam_role.execution.name
  policy = data.aws_iam_policy_document.execution.json
}
