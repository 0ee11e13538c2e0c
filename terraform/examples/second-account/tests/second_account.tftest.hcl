variables {
  bot_role_arn = "arn:aws:iam::999988887777:role/compliance-bot-task"
  external_id  = "b7c1e0"
  topic_arn    = "arn:aws:sns:eu-west-2:999988887777:compliance-bot-config"
}

run "the_account_has_every_rule_and_lets_the_bot_in" {
  assert {
    condition     = toset(keys(output.rule_arns)) == toset(keys(yamldecode(file("../../../config/rules.yaml")).rules))
    error_message = "Every account must have the same rules."
  }

  assert {
    condition     = output.role_arn == "arn:aws:iam::123456789012:role/compliance-bot"
    error_message = "The bot makes the role's ARN from the account's id and bot.yaml's role_name."
  }
}

run "changes_come_by_the_bots_topic" {
  assert {
    condition     = length(module.recorder) == 1 && length(module.forwarding) == 0
    error_message = "One way only: both would bring every change twice."
  }
}

run "an_account_that_records_already_forwards_its_events" {
  variables {
    recorder      = false
    topic_arn     = null
    event_bus_arn = "arn:aws:events:eu-west-2:999988887777:event-bus/compliance-bot-config"
  }

  assert {
    condition     = length(module.recorder) == 0
    error_message = "AWS allows one recorder."
  }

  assert {
    condition     = strcontains(module.forwarding[0].event_pattern, "Config Rules Compliance Change")
    error_message = "Compliance changes must be forwarded."
  }
}

run "a_further_region_makes_no_second_role" {
  variables {
    region         = "eu-west-1"
    further_region = true
    topic_arn      = "arn:aws:sns:eu-west-1:999988887777:compliance-bot-config"
  }

  assert {
    condition     = output.role_arn == null && length(output.rule_arns) == 8
    error_message = "The role is the account's, the rules are the Region's."
  }
}

run "two_ways_at_once_are_refused" {
  command = plan

  variables {
    event_bus_arn = "arn:aws:events:eu-west-2:999988887777:event-bus/compliance-bot-config"
  }

  expect_failures = [var.topic_arn]
}

run "no_way_at_all_is_refused" {
  command = plan

  variables {
    topic_arn = null
  }

  expect_failures = [var.topic_arn]
}

run "a_topic_without_a_recorder_that_publishes_to_it_is_refused" {
  command = plan

  variables {
    recorder = false
  }

  expect_failures = [var.recorder]
}
