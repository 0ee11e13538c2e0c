# The role that the bot assumes in an account. It can do what the bot's code calls, and nothing more.

data "aws_caller_identity" "this" {}
data "aws_partition" "this" {}

locals {
  bot_account = split(":", var.bot_role_arn)[4]
  config_arn  = "arn:${data.aws_partition.this.partition}:config:*:${data.aws_caller_identity.this.account_id}"
}

data "aws_iam_policy_document" "assume" {
  statement {
    # The second lets the bot say for whom it starts a remediation.
    actions = ["sts:AssumeRole", "sts:SetSourceIdentity"]

    # The account, narrowed down to the role: a role that is named as the principal must exist first,
    # and is forgotten when it is made anew.
    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.this.partition}:iam::${local.bot_account}:root"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:PrincipalArn"
      values   = [var.bot_role_arn]
    }

    dynamic "condition" {
      for_each = var.external_id == null ? [] : [var.external_id]

      content {
        test     = "StringEquals"
        variable = "sts:ExternalId"
        values   = [condition.value]
      }
    }

    dynamic "condition" {
      for_each = var.organization_id == null ? [] : [var.organization_id]

      content {
        test     = "StringEquals"
        variable = "aws:PrincipalOrgID"
        values   = [condition.value]
      }
    }
  }
}

resource "aws_iam_role" "this" {
  name                 = var.role_name
  description          = "Lets the compliance bot read AWS Config's findings and start the remediations that people decide."
  assume_role_policy   = data.aws_iam_policy_document.assume.json
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

# tests/terraform/test_access.py compares these actions with the calls in the bot's code. Which of
# them can be limited to a resource:
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_config.html
data "aws_iam_policy_document" "this" {
  #checkov:skip=CKV_AWS_356:AWS Config limits these actions to no resource
  #checkov:skip=CKV_AWS_111:AWS Config limits exceptions to no resource
  statement {
    sid = "ReadRulesAndExcept"
    actions = [
      "config:BatchGetResourceConfig",
      "config:DeleteRemediationExceptions",
      "config:DescribeConfigRules",
      "config:DescribeConfigurationRecorders",
      "config:GetComplianceDetailsByResource",
      "config:GetResourceConfigHistory",
      "config:PutRemediationExceptions",
    ]
    resources = ["*"]
  }

  statement {
    sid       = "ReadEvaluations"
    actions   = ["config:GetComplianceDetailsByConfigRule"]
    resources = ["${local.config_arn}:config-rule/*"]
  }

  statement {
    sid = "RemediateAndFollow"
    actions = [
      "config:DescribeRemediationConfigurations",
      "config:DescribeRemediationExceptions",
      "config:DescribeRemediationExecutionStatus",
      "config:StartRemediationExecution",
    ]
    resources = ["${local.config_arn}:remediation-configuration/*"]
  }

  # bot.py check compares the catalogue with what AWS says of its own documents, which belong to no
  # account, and of the account's.
  statement {
    sid     = "ReadRunbooks"
    actions = ["ssm:DescribeDocument"]
    resources = [
      "arn:${data.aws_partition.this.partition}:ssm:*::document/*",
      "arn:${data.aws_partition.this.partition}:ssm:*:${data.aws_caller_identity.this.account_id}:document/*",
    ]
  }
}

resource "aws_iam_role_policy" "this" {
  name   = "config"
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.this.json
}
