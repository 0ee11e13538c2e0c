# Plans only: with the real provider they need credentials, but make nothing.

provider "aws" {
  region = "eu-west-2"
}

run "only_what_the_rules_look_at_is_recorded" {
  command = plan

  assert {
    condition = length(setsubtract(
      [for rule in yamldecode(file("../../../config/rules.yaml")).rules : rule.resource_type],
      aws_config_configuration_recorder.this.recording_group[0].resource_types,
    )) == 0
    error_message = "A rule would never be evaluated: its type is not recorded."
  }

  assert {
    condition = (
      length(aws_config_configuration_recorder.this.recording_group[0].resource_types) == 5
      && !aws_config_configuration_recorder.this.recording_group[0].all_supported
    )
    error_message = "Every other type costs money for nothing."
  }

  assert {
    condition     = aws_config_configuration_recorder.this.recording_mode[0].recording_frequency == "CONTINUOUS"
    error_message = "A fix should be confirmed in minutes."
  }

  assert {
    condition     = aws_config_configuration_recorder_status.this.is_enabled
    error_message = "The recorder is not started."
  }
}

run "the_bucket_is_private_encrypted_and_kept_for_a_while" {
  command = plan

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.this.block_public_acls, aws_s3_bucket_public_access_block.this.block_public_policy,
      aws_s3_bucket_public_access_block.this.ignore_public_acls, aws_s3_bucket_public_access_block.this.restrict_public_buckets,
    ])
    error_message = "The bucket could be made public."
  }

  assert {
    condition = [
      for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement : statement.Sid if statement.Effect == "Deny"
    ] == ["TlsOnly"]
    error_message = "The bucket could be read without TLS."
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement :
      statement.Condition.StringEquals["aws:SourceAccount"] == data.aws_caller_identity.this.account_id
      if statement.Effect == "Allow"
    ])
    error_message = "AWS Config of another account could write here."
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.this.rule[0].expiration[0].days == 365
    error_message = "The history is never deleted."
  }
}

run "compliance_is_recorded_continuously_even_where_the_rest_is_daily" {
  command = plan

  variables {
    frequency      = "DAILY"
    resource_types = ["AWS::Config::ResourceCompliance", "AWS::S3::Bucket"]
  }

  assert {
    condition = aws_config_configuration_recorder.this.recording_mode[0].recording_mode_override[0].resource_types == toset([
      "AWS::Config::ResourceCompliance",
    ])
    error_message = "AWS Config refuses to record compliance daily."
  }
}

run "changes_go_to_the_topic" {
  command = plan

  variables {
    topic_arn = "arn:aws:sns:eu-west-2:999900001111:compliance-bot-config"
    role_arn  = "arn:aws:iam::123456789012:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
  }

  assert {
    condition     = aws_config_delivery_channel.this.sns_topic_arn == var.topic_arn
    error_message = "The bot would hear nothing."
  }

  assert {
    condition     = length(aws_iam_role.this) == 0 && aws_config_configuration_recorder.this.role_arn == var.role_arn
    error_message = "The given role should record."
  }
}

run "the_role_may_use_the_buckets_key" {
  command = plan

  variables {
    bucket_kms_key_arn = "arn:aws:kms:eu-west-2:123456789012:key/11111111-2222-3333-4444-555555555555"
  }

  assert {
    condition = [
      for statement in jsondecode(aws_iam_role_policy.this[0].policy).Statement : toset(statement.Action)
      if statement.Resource == var.bucket_kms_key_arn
    ] == [toset(["kms:Decrypt", "kms:GenerateDataKey"])]
    error_message = "AWS Config could not deliver into the encrypted bucket."
  }
}

run "a_role_that_is_neither_given_nor_made_is_refused" {
  command = plan

  variables {
    create_role = false
  }

  expect_failures = [var.create_role]
}

run "an_account_said_to_be_under_control_tower_is_refused" {
  command = plan

  variables {
    control_tower = true
  }

  expect_failures = [aws_config_configuration_recorder.this]
}

run "an_account_that_has_control_towers_roles_is_refused" {
  command = plan

  override_data {
    target = data.aws_iam_roles.control_tower
    values = { names = ["AWSControlTowerExecution"] }
  }

  expect_failures = [aws_config_configuration_recorder.this]
}

run "an_account_that_left_control_tower_may_say_so" {
  command = plan

  variables {
    control_tower = false
  }

  override_data {
    target = data.aws_iam_roles.control_tower
    values = { names = ["AWSControlTowerExecution"] }
  }

  assert {
    condition     = aws_config_configuration_recorder.this.name == "compliance"
    error_message = "Expected a recorder."
  }
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    frequency      = "HOURLY"
    resource_types = ["S3"]
    topic_arn      = "topic"
    role_arn       = "role"
    retention_days = 0
    name_prefix    = "Compliance"
  }

  expect_failures = [
    var.frequency, var.resource_types, var.topic_arn, var.role_arn, var.retention_days, var.name_prefix,
  ]
}
