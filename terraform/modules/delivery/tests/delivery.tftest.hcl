run "config_publishes_to_an_encrypted_topic_that_feeds_the_queue" {
  assert {
    condition     = output.topic_arn == "arn:aws:sns:eu-west-2:123456789012:compliance-bot-config"
    error_message = "AWS Config's topic must be in the recorder's Region."
  }

  assert {
    condition     = aws_sns_topic.this["eu-west-2"].kms_master_key_id == output.kms_key_arn
    error_message = "The topic must be encrypted with the module's key."
  }

  assert {
    condition = jsondecode(aws_sns_topic_subscription.this["eu-west-2"].filter_policy) == {
      messageType = ["ComplianceChangeNotification", "ConfigurationItemChangeNotification"]
    }
    error_message = "The filter must let compliance changes and configuration items through, and nothing else."
  }

  assert {
    condition     = aws_sns_topic_subscription.this["eu-west-2"].filter_policy_scope == "MessageBody"
    error_message = "AWS Config sets no message attributes: the filter must look at the body."
  }

  assert {
    condition     = length(aws_cloudwatch_event_bus.this) == 0
    error_message = "Both ways at once would bring every change twice."
  }
}

run "only_this_accounts_config_may_publish" {
  assert {
    condition = [
      for statement in jsondecode(aws_sns_topic_policy.this["eu-west-2"].policy).Statement : statement
      if statement.Effect == "Allow"
      ] == [{
        Sid       = "ConfigPublishes"
        Effect    = "Allow"
        Action    = "sns:Publish"
        Resource  = output.topic_arn
        Principal = { Service = "config.amazonaws.com" }
        Condition = { StringEquals = { "aws:SourceAccount" = "123456789012" } }
    }]
    error_message = "Only AWS Config, and only for this account, may publish."
  }

  assert {
    condition = {
      for statement in jsondecode(aws_kms_key.this["eu-west-2"].policy).Statement :
      statement.Sid => try(statement.Condition, null)
      } == {
      AccountAdministers = null
      ConfigPublishes    = { StringEquals = { "aws:SourceAccount" = "123456789012" } }
      TopicsDeliver      = { ArnEquals = { "aws:SourceArn" = output.topic_arn } }
    }
    error_message = "The key must open for AWS Config of this account and for this topic only."
  }
}

run "only_the_topic_may_send_to_the_queue" {
  assert {
    condition = [
      for statement in jsondecode(aws_sqs_queue_policy.this.policy).Statement : statement
      if statement.Effect == "Allow"
      ] == [{
        Sid       = "TopicsDeliver"
        Effect    = "Allow"
        Action    = "sqs:SendMessage"
        Resource  = output.queue_arn
        Principal = { Service = "sns.amazonaws.com" }
        Condition = { ArnEquals = { "aws:SourceArn" = output.topic_arn } }
    }]
    error_message = "Nothing but the topic may send to the queue."
  }

  assert {
    condition     = jsondecode(aws_sqs_queue_policy.this.policy).Statement[1].Condition == { Bool = { "aws:SecureTransport" = "false" } }
    error_message = "Connections without TLS must be refused."
  }
}

run "what_cannot_be_read_goes_to_the_dead_letter_queue_and_raises_an_alarm" {
  assert {
    condition = jsondecode(aws_sqs_queue.this.redrive_policy) == {
      deadLetterTargetArn = output.dead_letter_queue_arn
      maxReceiveCount     = 5
    }
    error_message = "The queue needs its dead-letter queue."
  }

  assert {
    condition = jsondecode(aws_sns_topic_subscription.this["eu-west-2"].redrive_policy) == {
      deadLetterTargetArn = output.dead_letter_queue_arn
    }
    error_message = "What the topic cannot deliver must go to the dead-letter queue."
  }

  assert {
    condition     = aws_sqs_queue.dead_letter["eu-west-2"].kms_master_key_id == output.kms_key_arn
    error_message = "The dead-letter queue must be encrypted as well."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.dead_letter["eu-west-2"].dimensions.QueueName == "compliance-bot-dead-letter"
    error_message = "The alarm must look at the dead-letter queue."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.unread.dimensions.QueueName == "compliance-bot-changes"
    error_message = "The alarm must look at the queue that the bot reads."
  }
}

run "an_organisation_publishes_as_a_whole" {
  variables {
    organization_id = "o-a1b2c3d4e5"
  }

  assert {
    condition = (
      jsondecode(aws_sns_topic_policy.this["eu-west-2"].policy).Statement[0].Condition
      == { StringEquals = { "aws:SourceOrgID" = "o-a1b2c3d4e5" } }
    )
    error_message = "The whole organisation, and nobody else, must be let in."
  }

  assert {
    condition     = !strcontains(aws_kms_key.this["eu-west-2"].policy, "aws:SourceAccount")
    error_message = "The key must open for the same accounts as the topic."
  }
}

run "other_accounts_publish_by_name" {
  variables {
    accounts = ["222233334444"]
  }

  assert {
    condition = (
      toset(jsondecode(aws_sns_topic_policy.this["eu-west-2"].policy).Statement[0].Condition.StringEquals["aws:SourceAccount"])
      == toset(["123456789012", "222233334444"])
    )
    error_message = "This account and the named one must be let in."
  }
}

run "each_region_has_its_topic_and_all_feed_one_queue" {
  variables {
    regions       = ["eu-west-1", "eu-west-2"]
    alarm_actions = ["arn:aws:sns:eu-west-1:123456789012:pager", "arn:aws:sns:eu-west-2:123456789012:pager"]
  }

  assert {
    condition = output.topic_arns == {
      eu-west-1 = "arn:aws:sns:eu-west-1:123456789012:compliance-bot-config"
      eu-west-2 = "arn:aws:sns:eu-west-2:123456789012:compliance-bot-config"
    }
    error_message = "Each Region needs its own topic."
  }

  assert {
    condition     = toset([for each in aws_sns_topic_subscription.this : each.endpoint]) == toset([output.queue_arn])
    error_message = "All topics must feed the one queue."
  }

  assert {
    condition = (
      jsondecode(aws_sns_topic_subscription.this["eu-west-1"].redrive_policy).deadLetterTargetArn
      == "arn:aws:sqs:eu-west-1:123456789012:compliance-bot-dead-letter"
    )
    error_message = "A subscription's dead-letter queue must be in the topic's Region."
  }

  assert {
    condition     = aws_sns_topic.this["eu-west-1"].kms_master_key_id == aws_kms_key.this["eu-west-1"].arn
    error_message = "A topic must be encrypted with a key of its own Region."
  }

  assert {
    condition = { for region, policy in aws_sqs_queue_redrive_allow_policy.dead_letter : region => policy.redrive_allow_policy } == {
      eu-west-1 = jsonencode({ redrivePermission = "denyAll" })
      eu-west-2 = jsonencode({ redrivePermission = "byQueue", sourceQueueArns = [output.queue_arn] })
    }
    error_message = "AWS drops a null, and the provider waits for it until it times out."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.dead_letter["eu-west-1"].alarm_actions == toset(["arn:aws:sns:eu-west-1:123456789012:pager"])
    error_message = "An alarm can only notify topics of its own Region."
  }
}

run "eventbridge_needs_no_topic" {
  variables {
    source_of_changes = "eventbridge"
    organization_id   = "o-a1b2c3d4e5"
    regions           = ["eu-west-1", "eu-west-2"]
  }

  assert {
    condition     = output.topic_arn == null && length(aws_sns_topic.this) + length(aws_sns_topic_subscription.this) == 0
    error_message = "Both ways at once would bring every change twice."
  }

  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.this["compliance-bot-config"].event_pattern) == {
      source      = ["aws.config"]
      detail-type = ["Config Rules Compliance Change", "Config Configuration Item Change"]
    }
    error_message = "The rule must choose AWS Config's compliance changes and configuration items."
  }

  assert {
    condition = [
      for statement in jsondecode(aws_sqs_queue_policy.this.policy).Statement : statement.Condition
      if statement.Effect == "Allow"
    ] == [{ ArnEquals = { "aws:SourceArn" = aws_cloudwatch_event_rule.this["compliance-bot-config"].arn } }]
    error_message = "Nothing but the rule may send to the queue."
  }

  assert {
    condition     = aws_cloudwatch_event_target.this["compliance-bot-config"].dead_letter_config[0].arn == output.dead_letter_queue_arn
    error_message = "What EventBridge cannot deliver must go to the dead-letter queue."
  }

  assert {
    condition = (
      jsondecode(aws_cloudwatch_event_bus_policy.this[0].policy).Statement[0].Condition
      == { StringEquals = { "aws:PrincipalOrgID" = "o-a1b2c3d4e5" } }
    )
    error_message = "Only the organisation may put events on the bus."
  }
}

run "a_control_tower_topic_of_another_account_is_named_and_confirmed_by_the_bot" {
  variables {
    source_of_changes   = "existing"
    existing_topic_arns = ["arn:aws:sns:eu-west-2:999988887777:aws-controltower-AllConfigNotifications"]
  }

  assert {
    condition     = length(aws_sns_topic.this) + length(aws_sns_topic_subscription.this) == 0
    error_message = "Another account's topic can only be subscribed by its owner."
  }

  assert {
    condition     = output.topics_to_confirm == toset(["arn:aws:sns:eu-west-2:999988887777:aws-controltower-AllConfigNotifications"])
    error_message = "The bot must be told which topic to confirm."
  }

  assert {
    condition = (
      jsondecode(aws_sqs_queue_policy.this.policy).Statement[0].Condition.ArnEquals["aws:SourceArn"]
      == "arn:aws:sns:eu-west-2:999988887777:aws-controltower-AllConfigNotifications"
    )
    error_message = "The topic must be able to send to the queue."
  }
}

run "an_existing_topic_of_this_account_is_subscribed" {
  variables {
    source_of_changes   = "existing"
    existing_topic_arns = ["arn:aws:sns:us-east-1:123456789012:config"]
  }

  assert {
    condition     = aws_sns_topic_subscription.this["arn:aws:sns:us-east-1:123456789012:config"].region == "us-east-1"
    error_message = "A subscription must be made in the topic's Region."
  }

  assert {
    condition     = length(output.topics_to_confirm) == 0
    error_message = "What this account subscribes needs no confirmation."
  }
}

run "two_sources_at_once_are_refused" {
  command = plan

  variables {
    existing_topic_arns = ["arn:aws:sns:eu-west-2:123456789012:config"]
  }

  expect_failures = [var.existing_topic_arns]
}

run "an_existing_source_without_a_topic_is_refused" {
  command = plan

  variables {
    source_of_changes = "existing"
  }

  expect_failures = [var.existing_topic_arns]
}

run "a_queue_without_compliance_changes_is_refused" {
  command = plan

  variables {
    message_types = ["ConfigurationItemChangeNotification"]
  }

  expect_failures = [var.message_types]
}

run "accounts_beside_an_organisation_are_refused" {
  command = plan

  variables {
    organization_id = "o-a1b2c3d4e5"
    accounts        = ["222233334444"]
  }

  expect_failures = [var.accounts]
}

run "an_account_that_lost_its_zeros_is_refused" {
  command = plan

  variables {
    accounts = ["12345"]
  }

  expect_failures = [var.accounts]
}
