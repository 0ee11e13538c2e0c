# AWS Config's events of one account, forwarded from the default bus of each Region. EventBridge
# tries for a day; what is lost after that, the bot's nightly sweep finds.

data "aws_caller_identity" "this" {}
data "aws_partition" "this" {}
data "aws_region" "this" {}

# https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-config.html
locals {
  regions = length(var.regions) > 0 ? var.regions : toset([data.aws_region.this.region])

  detail_types = {
    ComplianceChangeNotification        = "Config Rules Compliance Change"
    ConfigurationItemChangeNotification = "Config Configuration Item Change"
  }
  event_pattern = jsonencode({
    source      = ["aws.config"]
    detail-type = [for kind in sort(var.message_types) : local.detail_types[kind]]
  })
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each = local.regions
  region   = each.key

  name          = "${var.name_prefix}-forward"
  description   = "AWS Config's events, for the compliance bot."
  event_pattern = local.event_pattern
  tags          = var.tags
}

resource "aws_cloudwatch_event_target" "this" {
  for_each = local.regions
  region   = each.key

  rule      = aws_cloudwatch_event_rule.this[each.key].name
  target_id = "event-bus"
  arn       = var.event_bus_arn
  role_arn  = aws_iam_role.this.arn
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.this.account_id]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values = [
        for region in sort(local.regions) :
        "arn:${data.aws_partition.this.partition}:events:${region}:${data.aws_caller_identity.this.account_id}:rule/${var.name_prefix}-forward"
      ]
    }
  }
}

resource "aws_iam_role" "this" {
  name                 = "${var.name_prefix}-forward-${data.aws_region.this.region}"
  description          = "Forwards AWS Config's events to the compliance bot's event bus."
  assume_role_policy   = data.aws_iam_policy_document.assume.json
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

data "aws_iam_policy_document" "put_events" {
  statement {
    actions   = ["events:PutEvents"]
    resources = [var.event_bus_arn]
  }
}

resource "aws_iam_role_policy" "this" {
  name   = "put-events"
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.put_events.json
}
