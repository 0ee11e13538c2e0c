# AWS Config -> topic (or event bus) -> queue -> bot. What cannot be delivered or understood goes to
# the dead-letter queue of its Region, for AWS lets a subscription have none elsewhere.

data "aws_caller_identity" "this" {}
data "aws_partition" "this" {}
data "aws_region" "this" {}

# own_topic_arns are written out instead of read from the topics, because the key that encrypts a
# topic names it in its policy. publishers is everybody whose AWS Config may publish, as a condition
# on the service's own calls.
locals {
  account   = data.aws_caller_identity.this.account_id
  home      = data.aws_region.this.region
  partition = data.aws_partition.this.partition

  recorded        = length(var.regions) > 0 ? var.regions : toset([local.home])
  topic_regions   = toset([for region in local.recorded : region if var.source_of_changes == "config"])
  existing_here   = toset([for arn in var.existing_topic_arns : arn if split(":", arn)[4] == local.account])
  existing_in     = toset([for arn in local.existing_here : split(":", arn)[3]])
  regions         = setunion([local.home], local.topic_regions, local.existing_in)
  eventbridge     = var.source_of_changes == "eventbridge"
  event_bus_rules = toset([for name in ["${var.name_prefix}-config"] : name if local.eventbridge])

  own_topic_arns = {
    for region in local.topic_regions :
    region => "arn:${local.partition}:sns:${region}:${local.account}:${var.name_prefix}-config"
  }
  topic_arns = setunion(values(local.own_topic_arns), var.existing_topic_arns)

  subscriptions = merge(
    { for region, topic in aws_sns_topic.this : region => { topic_arn = topic.arn, region = region } },
    { for arn in local.existing_here : arn => { topic_arn = arn, region = split(":", arn)[3] } },
  )

  publishers = var.organization_id == null ? {
    variable = "aws:SourceAccount", values = sort(setunion([local.account], var.accounts))
  } : { variable = "aws:SourceOrgID", values = [var.organization_id] }
}

# --- keys: one in each Region, since topics and queues are encrypted in their own

data "aws_iam_policy_document" "key" {
  #checkov:skip=CKV_AWS_111:a key policy's "*" is the key itself
  #checkov:skip=CKV_AWS_356:a key policy's "*" is the key itself
  #checkov:skip=CKV_AWS_109:the account must keep the administration of its own key
  statement {
    sid       = "AccountAdministers"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account}:root"]
    }
  }

  dynamic "statement" {
    for_each = length(local.topic_regions) > 0 ? [local.publishers] : []

    content {
      sid       = "ConfigPublishes"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
      resources = ["*"]

      principals {
        type        = "Service"
        identifiers = ["config.amazonaws.com"]
      }

      condition {
        test     = "StringEquals"
        variable = statement.value.variable
        values   = statement.value.values
      }
    }
  }

  dynamic "statement" {
    for_each = length(local.topic_arns) > 0 ? [local.topic_arns] : []

    content {
      sid       = "TopicsDeliver"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
      resources = ["*"]

      principals {
        type        = "Service"
        identifiers = ["sns.amazonaws.com"]
      }

      condition {
        test     = "ArnEquals"
        variable = "aws:SourceArn"
        values   = sort(statement.value)
      }
    }
  }

  dynamic "statement" {
    for_each = local.event_bus_rules

    content {
      sid       = "EventBridgeDelivers"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
      resources = ["*"]

      principals {
        type        = "Service"
        identifiers = ["events.amazonaws.com"]
      }

      condition {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [local.account]
      }
    }
  }
}

resource "aws_kms_key" "this" {
  for_each = local.regions
  region   = each.key

  description         = "Messages of AWS Config on their way to the compliance bot."
  enable_key_rotation = true
  policy              = data.aws_iam_policy_document.key.json
  tags                = var.tags
}

resource "aws_kms_alias" "this" {
  for_each = local.regions
  region   = each.key

  name          = "alias/${var.name_prefix}-delivery"
  target_key_id = aws_kms_key.this[each.key].key_id
}

# --- topics: AWS Config publishes to one in its own Region

resource "aws_sns_topic" "this" {
  for_each = local.topic_regions
  region   = each.key

  name              = "${var.name_prefix}-config"
  kms_master_key_id = aws_kms_key.this[each.key].arn
  # SHA-256 instead of SHA-1.
  signature_version = 2
  tags              = var.tags
}

data "aws_iam_policy_document" "topic" {
  for_each = local.topic_regions

  statement {
    sid       = "ConfigPublishes"
    actions   = ["sns:Publish"]
    resources = [local.own_topic_arns[each.key]]

    principals {
      type        = "Service"
      identifiers = ["config.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = local.publishers.variable
      values   = local.publishers.values
    }
  }

  statement {
    sid       = "OnlyEncryptedConnections"
    effect    = "Deny"
    actions   = ["sns:Publish"]
    resources = [local.own_topic_arns[each.key]]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sns_topic_policy" "this" {
  for_each = local.topic_regions
  region   = each.key

  arn    = aws_sns_topic.this[each.key].arn
  policy = data.aws_iam_policy_document.topic[each.key].json
}

resource "aws_sns_topic_subscription" "this" {
  for_each = local.subscriptions
  region   = each.value.region

  topic_arn           = each.value.topic_arn
  protocol            = "sqs"
  endpoint            = aws_sqs_queue.this.arn
  filter_policy_scope = "MessageBody"
  filter_policy       = jsonencode({ messageType = sort(var.message_types) })

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letter[each.value.region].arn
  })

  # A message that comes before the policies would be lost.
  depends_on = [aws_sqs_queue_policy.this, aws_sqs_queue_policy.dead_letter]
}

# --- EventBridge, the alternative: no topic, no delivery channel

resource "aws_cloudwatch_event_bus" "this" {
  count = local.eventbridge ? 1 : 0

  name        = "${var.name_prefix}-config"
  description = "AWS Config's events of every account and Region, for the compliance bot."
  tags        = var.tags
}

data "aws_iam_policy_document" "event_bus" {
  count = local.eventbridge && (var.organization_id != null || length(var.accounts) > 0) ? 1 : 0

  statement {
    sid       = "AccountsForward"
    actions   = ["events:PutEvents"]
    resources = [aws_cloudwatch_event_bus.this[0].arn]

    principals {
      type = "AWS"
      identifiers = var.organization_id != null ? ["*"] : [
        for account in sort(var.accounts) : "arn:${local.partition}:iam::${account}:root"
      ]
    }

    dynamic "condition" {
      for_each = var.organization_id != null ? [var.organization_id] : []

      content {
        test     = "StringEquals"
        variable = "aws:PrincipalOrgID"
        values   = [condition.value]
      }
    }
  }
}

resource "aws_cloudwatch_event_bus_policy" "this" {
  count = length(data.aws_iam_policy_document.event_bus)

  event_bus_name = aws_cloudwatch_event_bus.this[0].name
  policy         = data.aws_iam_policy_document.event_bus[0].json
}

module "forwarding" {
  source = "./forwarding"
  count  = local.eventbridge ? 1 : 0

  event_bus_arn        = aws_cloudwatch_event_bus.this[0].arn
  message_types        = var.message_types
  name_prefix          = var.name_prefix
  permissions_boundary = var.permissions_boundary
  regions              = local.recorded
  tags                 = var.tags
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each = local.event_bus_rules

  name           = each.key
  description    = "What the compliance bot reads of AWS Config's events."
  event_bus_name = aws_cloudwatch_event_bus.this[0].name
  event_pattern  = module.forwarding[0].event_pattern
  tags           = var.tags
}

resource "aws_cloudwatch_event_target" "this" {
  for_each = local.event_bus_rules

  rule           = aws_cloudwatch_event_rule.this[each.key].name
  event_bus_name = aws_cloudwatch_event_bus.this[0].name
  target_id      = "queue"
  arn            = aws_sqs_queue.this.arn

  dead_letter_config {
    arn = aws_sqs_queue.dead_letter[local.home].arn
  }
}

# --- queues

resource "aws_sqs_queue" "this" {
  name                       = "${var.name_prefix}-changes"
  kms_master_key_id          = aws_kms_key.this[local.home].arn
  message_retention_seconds  = 1209600
  receive_wait_time_seconds  = 20
  visibility_timeout_seconds = var.visibility_seconds
  tags                       = var.tags

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letter[local.home].arn
    maxReceiveCount     = var.max_receive_count
  })
}

resource "aws_sqs_queue" "dead_letter" {
  for_each = local.regions
  region   = each.key

  name                      = "${var.name_prefix}-dead-letter"
  kms_master_key_id         = aws_kms_key.this[each.key].arn
  message_retention_seconds = 1209600
  tags                      = var.tags
}

resource "aws_sqs_queue_redrive_allow_policy" "dead_letter" {
  for_each = local.regions
  region   = each.key

  queue_url = aws_sqs_queue.dead_letter[each.key].url
  # Only the queue of its own Region may use it: the policies below say which topics and rules may.
  # Each is encoded by itself: in one type the second would say sourceQueueArns = null, which AWS drops
  # and the provider then waits for.
  redrive_allow_policy = (
    each.key == local.home
    ? jsonencode({ redrivePermission = "byQueue", sourceQueueArns = [aws_sqs_queue.this.arn] })
    : jsonencode({ redrivePermission = "denyAll" })
  )
}

data "aws_iam_policy_document" "queue" {
  for_each = merge({ this = aws_sqs_queue.this.arn }, {
    for region, queue in aws_sqs_queue.dead_letter : region => queue.arn
  })

  dynamic "statement" {
    for_each = length(local.topic_arns) > 0 ? [local.topic_arns] : []

    content {
      sid       = "TopicsDeliver"
      actions   = ["sqs:SendMessage"]
      resources = [each.value]

      principals {
        type        = "Service"
        identifiers = ["sns.amazonaws.com"]
      }

      condition {
        test     = "ArnEquals"
        variable = "aws:SourceArn"
        values   = sort(statement.value)
      }
    }
  }

  dynamic "statement" {
    for_each = aws_cloudwatch_event_rule.this

    content {
      sid       = "EventBridgeDelivers"
      actions   = ["sqs:SendMessage"]
      resources = [each.value]

      principals {
        type        = "Service"
        identifiers = ["events.amazonaws.com"]
      }

      condition {
        test     = "ArnEquals"
        variable = "aws:SourceArn"
        values   = [statement.value.arn]
      }
    }
  }

  statement {
    sid       = "OnlyEncryptedConnections"
    effect    = "Deny"
    actions   = ["sqs:DeleteMessage", "sqs:ReceiveMessage", "sqs:SendMessage"]
    resources = [each.value]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sqs_queue_policy" "this" {
  queue_url = aws_sqs_queue.this.url
  policy    = data.aws_iam_policy_document.queue["this"].json
}

resource "aws_sqs_queue_policy" "dead_letter" {
  for_each = local.regions
  region   = each.key

  queue_url = aws_sqs_queue.dead_letter[each.key].url
  policy    = data.aws_iam_policy_document.queue[each.key].json
}

# --- alarms: what an operator has to know of

resource "aws_cloudwatch_metric_alarm" "dead_letter" {
  for_each = local.regions
  region   = each.key

  alarm_name          = "${var.name_prefix}-dead-letter"
  alarm_description   = "A message of AWS Config could not be delivered or understood. The bot's log says why; move it back with a redrive, or delete it."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.dead_letter[each.key].name }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [for arn in var.alarm_actions : arn if split(":", arn)[3] == each.key]
  ok_actions          = [for arn in var.alarm_actions : arn if split(":", arn)[3] == each.key]
  tags                = var.tags
}

resource "aws_cloudwatch_metric_alarm" "unread" {
  alarm_name          = "${var.name_prefix}-unread"
  alarm_description   = "Messages wait in the queue: the bot does not run, or cannot record. Nothing is lost for 14 days."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  dimensions          = { QueueName = aws_sqs_queue.this.name }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 5
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.oldest_message_seconds
  treat_missing_data  = "notBreaching"
  alarm_actions       = [for arn in var.alarm_actions : arn if split(":", arn)[3] == local.home]
  ok_actions          = [for arn in var.alarm_actions : arn if split(":", arn)[3] == local.home]
  tags                = var.tags
}
