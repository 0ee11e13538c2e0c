variables {
  event_bus_arn = "arn:aws:events:eu-west-2:999988887777:event-bus/compliance-bot-config"
}

run "each_region_forwards_to_the_bots_bus" {
  variables {
    regions = ["eu-west-1", "eu-west-2"]
  }

  assert {
    condition     = toset([for target in aws_cloudwatch_event_target.this : target.arn]) == toset([var.event_bus_arn])
    error_message = "Every Region must forward to the bus."
  }

  assert {
    condition     = toset(keys(aws_cloudwatch_event_rule.this)) == toset(["eu-west-1", "eu-west-2"])
    error_message = "A rule is needed in each Region."
  }
}

run "the_role_can_do_nothing_but_put_events_on_that_bus" {
  assert {
    condition = jsondecode(aws_iam_role_policy.this.policy).Statement == [{
      Effect = "Allow", Action = "events:PutEvents", Resource = var.event_bus_arn
    }]
    error_message = "The role must be able to put events on the bus, and nothing else."
  }

  assert {
    condition     = jsondecode(aws_iam_role.this.assume_role_policy).Statement[*].Principal == [{ Service = "events.amazonaws.com" }]
    error_message = "EventBridge, and nobody else, must be able to take on the role."
  }

  assert {
    condition = jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Condition == {
      ArnEquals    = { "aws:SourceArn" = "arn:aws:events:eu-west-2:123456789012:rule/compliance-bot-forward" }
      StringEquals = { "aws:SourceAccount" = "123456789012" }
    }
    error_message = "Only the forwarding rule may take the role."
  }
}

run "compliance_changes_alone_can_be_forwarded" {
  variables {
    message_types = ["ComplianceChangeNotification"]
  }

  assert {
    condition = jsondecode(output.event_pattern) == {
      source = ["aws.config"], detail-type = ["Config Rules Compliance Change"]
    }
    error_message = "Only compliance changes must be forwarded."
  }
}

run "what_is_no_event_bus_is_refused" {
  command = plan

  variables {
    event_bus_arn = "arn:aws:sns:eu-west-2:999988887777:topic"
  }

  expect_failures = [var.event_bus_arn]
}
