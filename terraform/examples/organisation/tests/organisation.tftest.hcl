variables {
  image      = "999988887777.dkr.ecr.eu-west-2.amazonaws.com/compliance-bot:1.0.0"
  vpc_id     = "vpc-0a1b2c3d4e5f60718"
  subnet_ids = ["subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"]

  management_role_arn     = "arn:aws:iam::210987654321:role/compliance-stacksets"
  organization_id         = "o-a1b2c3d4e5"
  organizational_unit_ids = { production = ["ou-ab12-cd34ef56"], development = ["ou-ab12-ffffffff"] }
  regions                 = ["eu-west-1", "eu-west-2"]
}

run "each_region_has_a_topic_that_the_whole_organisation_may_publish_to" {
  assert {
    condition = output.topic_arns == {
      eu-west-1 = "arn:aws:sns:eu-west-1:123456789012:compliance-bot-config"
      eu-west-2 = "arn:aws:sns:eu-west-2:123456789012:compliance-bot-config"
    }
    error_message = "AWS Config publishes in its own Region only."
  }
}

run "the_stack_sets_are_made_in_the_management_account" {
  assert {
    condition     = length(output.stack_set_ids) > 0
    error_message = "The accounts must be set up by StackSets."
  }
}

run "each_account_lets_this_bot_in" {
  assert {
    condition     = strcontains(jsonencode(output.templates), "arn:aws:iam::123456789012:role/compliance-bot-task")
    error_message = "The role in each account must name the bot's."
  }

  assert {
    condition     = strcontains(jsonencode(output.templates), "o-a1b2c3d4e5")
    error_message = "The role in each account must ask for the organisation."
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
