# Plans only: with the real provider they need credentials, but make nothing.

provider "aws" {
  region = "eu-west-2"
}

variables {
  organizational_unit_ids = {
    production  = ["ou-ab12-cd34ef56"]
    development = ["ou-ab12-cd34ef57", "ou-ab12-cd34ef58"]
  }
  regions      = ["eu-west-1", "eu-west-2"]
  bot_role_arn = "arn:aws:iam::999900001111:role/compliance-bot-task"
}

run "only_production_gets_rules_and_new_accounts_too" {
  command = plan

  assert {
    condition = keys(aws_cloudformation_stack_set_instance.this) == [
      "access/production/eu-west-2", "rules/production/eu-west-1", "rules/production/eu-west-2",
    ]
    error_message = "Expected the rules in each Region and the role in one, in production."
  }

  assert {
    condition = alltrue([
      for instance in aws_cloudformation_stack_set_instance.this :
      instance.deployment_targets[0].organizational_unit_ids == toset(["ou-ab12-cd34ef56"])
    ])
    error_message = "Expected production's organisational unit."
  }

  assert {
    condition = alltrue([
      for stack_set in aws_cloudformation_stack_set.this :
      stack_set.permission_model == "SERVICE_MANAGED" && stack_set.auto_deployment[0].enabled
    ])
    error_message = "New accounts would get nothing."
  }
}

run "environments_widen_it_and_accounts_narrow_it" {
  command = plan

  variables {
    environments = ["production", "development"]
    accounts     = { development = ["222233334444"] }
  }

  assert {
    condition     = length(aws_cloudformation_stack_set_instance.this) == 6
    error_message = "Expected three stacks an environment."
  }

  assert {
    condition = (
      aws_cloudformation_stack_set_instance.this["rules/development/eu-west-1"].deployment_targets[0].account_filter_type == "INTERSECTION"
      && aws_cloudformation_stack_set_instance.this["rules/production/eu-west-1"].deployment_targets[0].account_filter_type == "NONE"
    )
    error_message = "Only development was narrowed."
  }
}

run "the_template_holds_each_rule_with_its_remediation_and_no_recorder" {
  command = plan

  assert {
    condition = toset([
      for resource in values(jsondecode(aws_cloudformation_stack_set.this["rules"].template_body).Resources) :
      resource.Properties.ConfigRuleName if resource.Type == "AWS::Config::ConfigRule"
    ]) == toset(keys(yamldecode(file("../../../config/rules.yaml")).rules))
    error_message = "The rules are not the catalogue's."
  }

  assert {
    condition = !anytrue([
      for resource in values(jsondecode(aws_cloudformation_stack_set.this["rules"].template_body).Resources) :
      contains(["AWS::Config::ConfigurationRecorder", "AWS::Events::Rule", "AWS::SSM::Document"], resource.Type)
    ])
    error_message = "Nothing was asked for but rules."
  }
}

run "a_recorder_delivers_to_the_topic_of_its_region" {
  command = plan

  variables {
    recorder = { frequency = "DAILY" }
    topic_arns = {
      eu-west-1 = "arn:aws:sns:eu-west-1:999900001111:compliance-bot-config"
      eu-west-2 = "arn:aws:sns:eu-west-2:999900001111:compliance-bot-config"
    }
  }

  assert {
    condition = jsondecode(aws_cloudformation_stack_set.this["rules"].template_body).Resources.DeliveryChannel.Properties.SnsTopicARN == {
      "Fn::FindInMap" = ["Topics", { Ref = "AWS::Region" }, "Arn"]
    }
    error_message = "AWS Config publishes in its own Region only."
  }

  assert {
    condition = alltrue([
      for resource in values(jsondecode(aws_cloudformation_stack_set.this["rules"].template_body).Resources) :
      resource.DependsOn == "Recorder" if resource.Type == "AWS::Config::ConfigRule"
    ])
    error_message = "AWS Config takes no rule before there is a recorder."
  }

  assert {
    condition = alltrue([
      for id in ["Recorder", "DeliveryChannel"] :
      !strcontains(jsonencode(lookup(jsondecode(aws_cloudformation_stack_set.this["rules"].template_body).Resources[id], "DependsOn", "")), "Recorder")
    ])
    error_message = "A recorder and its channel that wait for each other are never made."
  }
}

run "events_are_forwarded_where_there_is_no_topic" {
  command = plan

  variables {
    event_bus_arn = "arn:aws:events:eu-west-2:999900001111:event-bus/compliance-bot"
  }

  assert {
    condition     = jsondecode(aws_cloudformation_stack_set.this["rules"].template_body).Resources.ForwardRule.Properties.Targets[0].Arn == var.event_bus_arn
    error_message = "The bot would hear nothing."
  }
}

run "the_role_lets_in_the_bot_alone" {
  command = plan

  variables {
    external_id     = "compliance"
    organization_id = "o-a1b2c3d4e5"
  }

  assert {
    condition = jsondecode(aws_cloudformation_stack_set.this["access"].template_body).Resources.BotRole.Properties.AssumeRolePolicyDocument.Statement[0].Condition == {
      ArnEquals    = { "aws:PrincipalArn" = var.bot_role_arn }
      StringEquals = { "aws:PrincipalOrgID" = "o-a1b2c3d4e5", "sts:ExternalId" = "compliance" }
    }
    error_message = "Somebody else could take on the role."
  }
}

run "a_wrong_catalogue_is_refused" {
  command = plan

  variables {
    rules = ["sns-encrypted-kmz"]
  }

  expect_failures = [aws_cloudformation_stack_set.this["rules"], aws_cloudformation_stack_set.this["access"]]
}

run "a_runbook_of_ones_own_is_in_the_template" {
  command = plan

  variables {
    catalogue_file   = "../rules/tests/own/rules.yaml"
    documents_folder = "../rules/tests/own"
  }

  assert {
    condition = (
      jsondecode(aws_cloudformation_stack_set.this["rules"].template_body).Resources.DocumentHackneyPauseTopic.Properties.Content.mainSteps
      == yamldecode(file("../rules/tests/own/Hackney-PauseTopic.yaml")).mainSteps
    )
    error_message = "Expected the folder's document."
  }
}

run "a_runbook_of_ones_own_without_its_document_is_refused" {
  command = plan

  variables {
    catalogue_file = "../rules/tests/own/rules.yaml"
  }

  expect_failures = [aws_cloudformation_stack_set.this["rules"], aws_cloudformation_stack_set.this["access"]]
}

run "a_scope_may_be_a_rules_own" {
  command = plan

  variables {
    scope_tag  = { key = "Environment", value = "Production" }
    scope_tags = { rds-multi-az-support = { key = "BackupPolicy" }, dynamodb-pitr-enabled = null }
  }

  assert {
    condition = jsonencode([
      for id in ["DynamodbPitrEnabled", "RdsMultiAzSupport", "SnsEncryptedKms"] :
      jsondecode(aws_cloudformation_stack_set.this["rules"].template_body).Resources["Rule${id}"].Properties.Scope
      ]) == jsonencode([
      { ComplianceResourceTypes = ["AWS::DynamoDB::Table"] },
      { TagKey = "BackupPolicy" },
      { TagKey = "Environment", TagValue = "Production" },
    ])
    error_message = "Expected none, the rule's own tag, and everybody's."
  }
}

run "what_a_failed_rollout_made_is_not_in_the_way_of_the_next" {
  command = plan

  variables {
    recorder = {}
  }

  assert {
    condition = alltrue([
      for id in ["Bucket", "Key"] :
      jsondecode(aws_cloudformation_stack_set.this["rules"].template_body).Resources[id].DeletionPolicy == "RetainExceptOnCreate"
    ])
    error_message = "The bucket's name would be taken when the stack is made again."
  }
}

run "topics_that_are_none_are_refused" {
  command = plan

  variables {
    recorder   = {}
    topic_arns = { eu-west-1 = "topic", eu-west-2 = "topic" }
  }

  expect_failures = [var.topic_arns]
}

run "an_environment_without_organisational_units_is_refused" {
  command = plan

  variables {
    environments = ["staging"]
  }

  expect_failures = [var.environments]
}

run "topics_and_a_bus_together_are_refused" {
  command = plan

  variables {
    recorder      = {}
    topic_arns    = { eu-west-1 = "arn:aws:sns:eu-west-1:999900001111:c", eu-west-2 = "arn:aws:sns:eu-west-2:999900001111:c" }
    event_bus_arn = "arn:aws:events:eu-west-2:999900001111:event-bus/compliance-bot"
  }

  expect_failures = [var.event_bus_arn]
}

run "topics_without_a_recorder_are_refused" {
  command = plan

  variables {
    topic_arns = { eu-west-1 = "arn:aws:sns:eu-west-1:999900001111:c", eu-west-2 = "arn:aws:sns:eu-west-2:999900001111:c" }
  }

  expect_failures = [var.topic_arns]
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    external_id         = "x y"
    organization_id     = "hackney"
    publishing_services = ["config"]
    scope_tag           = { key = "" }
    scope_tags          = { rds-multi-az-support = { key = "" } }
    recorder            = { resource_types = ["S3"] }
  }

  expect_failures = [
    var.external_id, var.organization_id, var.publishing_services, var.scope_tag, var.scope_tags, var.recorder,
  ]
}

run "a_history_that_is_deleted_at_once_is_refused" {
  command = plan

  variables {
    recorder = { retention_days = 0 }
  }

  expect_failures = [var.recorder]
}
