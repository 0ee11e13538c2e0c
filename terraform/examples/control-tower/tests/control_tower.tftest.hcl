variables {
  image      = "999988887777.dkr.ecr.eu-west-2.amazonaws.com/compliance-bot:1.0.0"
  vpc_id     = "vpc-0a1b2c3d4e5f60718"
  subnet_ids = ["subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"]

  management_role_arn     = "arn:aws:iam::210987654321:role/compliance-stacksets"
  organization_id         = "o-a1b2c3d4e5"
  organizational_unit_ids = { production = ["ou-ab12-cd34ef56"], development = ["ou-ab12-ffffffff"] }
  regions                 = ["eu-west-1", "eu-west-2"]
  audit_account_id        = "555566667777"
  audit_role_arn          = "arn:aws:iam::555566667777:role/compliance-subscriber"
}

run "the_queue_is_subscribed_to_control_towers_topic_in_each_region" {
  assert {
    condition = { for region, each in aws_sns_topic_subscription.control_tower : region => each.topic_arn } == {
      eu-west-1 = "arn:aws:sns:eu-west-1:555566667777:aws-controltower-AllConfigNotifications"
      eu-west-2 = "arn:aws:sns:eu-west-2:555566667777:aws-controltower-AllConfigNotifications"
    }
    error_message = "Each Region has a topic of its own."
  }

  assert {
    condition     = toset([for each in aws_sns_topic_subscription.control_tower : each.endpoint]) == toset([module.delivery.queue_arn])
    error_message = "All of them must feed the bot's queue."
  }

  assert {
    condition = jsondecode(aws_sns_topic_subscription.control_tower["eu-west-2"].filter_policy) == {
      messageType = ["ComplianceChangeNotification", "ConfigurationItemChangeNotification"]
    }
    error_message = "CloudTrail's messages, which the topic carries too, must stay away."
  }
}

run "the_bot_confirms_those_topics_and_no_others" {
  assert {
    condition     = module.delivery.topics_to_confirm == toset(values(output.topic_arns))
    error_message = "The bot must be told which topics to confirm."
  }
}

run "control_tower_keeps_its_recorder" {
  assert {
    condition     = module.delivery.topic_arn == null && !strcontains(jsonencode(output.templates), "AWS::Config::ConfigurationRecorder")
    error_message = "AWS allows one recorder in an account, and Control Tower's is there."
  }
}

run "the_accounts_have_every_rule_of_the_catalogue" {
  assert {
    condition = alltrue([
      for rule in keys(yamldecode(file("../../../config/rules.yaml")).rules) : strcontains(jsonencode(output.templates), rule)
    ])
    error_message = "Terraform and the bot must read the same catalogue."
  }
}
