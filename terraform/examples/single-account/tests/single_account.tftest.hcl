variables {
  image      = "999988887777.dkr.ecr.eu-west-2.amazonaws.com/compliance-bot:1.0.0"
  vpc_id     = "vpc-0a1b2c3d4e5f60718"
  subnet_ids = ["subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"]
}

run "every_rule_of_the_catalogue_is_set_up" {
  assert {
    condition     = toset(keys(output.rule_arns)) == toset(keys(yamldecode(file("../../../config/rules.yaml")).rules))
    error_message = "Terraform and the bot must read the same catalogue."
  }

  assert {
    condition     = length(output.rule_arns) == 8
    error_message = "The catalogue has eight rules."
  }
}

run "aws_config_publishes_to_the_topic_that_feeds_the_bots_queue" {
  assert {
    condition     = output.topic_arn == "arn:aws:sns:eu-west-2:123456789012:compliance-bot-config"
    error_message = "The recorder must publish in its own Region."
  }

  assert {
    condition     = module.recorder[0].recorder_name == "compliance"
    error_message = "The account needs a recorder."
  }
}

run "nothing_runs_before_the_secrets_have_values" {
  assert {
    condition     = var.desired_count == 0
    error_message = "A task whose secrets are empty cannot start."
  }

  assert {
    condition     = toset(keys(output.secret_names)) == toset(["SLACK_APP_TOKEN", "SLACK_BOT_TOKEN"])
    error_message = "Socket Mode needs these two."
  }

  assert {
    condition     = strcontains(output.run, "--cluster compliance-bot --task-definition compliance-bot ")
    error_message = "The command must name the cluster and the task."
  }
}

run "the_role_is_that_of_bot_yaml" {
  assert {
    condition     = module.access.role_name == yamldecode(file("../../../config/bot.yaml")).role_name
    error_message = "The bot makes the role's ARN from this name."
  }
}

run "an_account_that_records_already_keeps_its_recorder" {
  variables {
    recorder          = false
    source_of_changes = "eventbridge"
  }

  assert {
    condition     = length(module.recorder) == 0 && output.topic_arn == null
    error_message = "AWS allows one recorder, and its delivery channel is not ours."
  }

  assert {
    condition     = output.event_bus_arn == "arn:aws:events:eu-west-2:123456789012:event-bus/compliance-bot-config"
    error_message = "Changes must come by EventBridge."
  }
}
