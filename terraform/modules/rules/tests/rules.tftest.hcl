# Plans only: with the real provider they need credentials, but make nothing.

provider "aws" {
  region = "eu-west-2"
}

variables {
  kms_key_arn = "arn:aws:kms:eu-west-2:123456789012:key/11111111-2222-3333-4444-555555555555"
}

run "every_rule_of_the_catalogue_has_a_manual_remediation" {
  command = plan

  assert {
    condition     = keys(aws_config_config_rule.this) == keys(yamldecode(file("../../../config/rules.yaml")).rules)
    error_message = "The rules are not the catalogue's."
  }

  assert {
    condition     = keys(aws_config_remediation_configuration.this) == keys(aws_config_config_rule.this)
    error_message = "A rule has no remediation."
  }

  assert {
    condition     = !anytrue([for remediation in aws_config_remediation_configuration.this : remediation.automatic])
    error_message = "A remediation would run without anybody's decision."
  }

  assert {
    condition = alltrue([
      for name, remediation in aws_config_remediation_configuration.this :
      remediation.parameter[*].name == sort(remediation.parameter[*].name)
    ])
    error_message = "Parameters out of order would be a change in every plan."
  }

  assert {
    condition     = length(aws_kms_key.this) == 0 && length(aws_ssm_document.this) == 0
    error_message = "Neither a key nor documents are needed here."
  }
}

run "the_runbooks_for_databases_call_the_same_id_by_two_names" {
  command = plan

  assert {
    condition = {
      for name, remediation in aws_config_remediation_configuration.this :
      name => one([for parameter in remediation.parameter : parameter.name if parameter.resource_value == "RESOURCE_ID"])
      if startswith(name, "rds-")
      } == {
      rds-instance-deletion-protection-enabled = "DbInstanceResourceId"
      rds-instance-public-access-check         = "DbiResourceId"
      rds-multi-az-support                     = "DbiResourceId"
    }
    error_message = "A runbook would not be told which database to change."
  }
}

run "a_role_may_do_what_its_runbook_needs_and_nothing_else" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_role_policy.this["AWSConfigRemediation-DisablePublicAccessToRDSInstance"].policy).Statement == [
      {
        Sid      = "Rds"
        Effect   = "Allow"
        Action   = ["rds:DescribeDBInstances", "rds:ModifyDBInstance"]
        Resource = ["arn:aws:rds:eu-west-2:${data.aws_caller_identity.this.account_id}:db:*"]
      },
      {
        Sid    = "Runbook"
        Effect = "Allow"
        Action = ["ssm:GetAutomationExecution", "ssm:StartAutomationExecution"]
        Resource = [
          "arn:aws:ssm:eu-west-2::automation-definition/AWSConfigRemediation-DisablePublicAccessToRDSInstance:*",
          "arn:aws:ssm:eu-west-2:${data.aws_caller_identity.this.account_id}:automation-execution/*",
        ]
      },
    ]
    error_message = "The role for databases has other rights."
  }

  assert {
    condition = toset(flatten([
      for name, policy in aws_iam_role_policy.this : [
        for statement in jsondecode(policy.policy).Statement : statement.Action
        if contains(statement.Resource, "*")
      ]
    ])) == toset(["s3:GetAccountPublicAccessBlock", "s3:PutAccountPublicAccessBlock"])
    error_message = "Only what S3 knows no resource for may be allowed on all resources."
  }

  assert {
    condition = toset(flatten([
      for name, policy in aws_iam_role_policy.this : [
        for statement in jsondecode(policy.policy).Statement : statement.Resource
        if anytrue([for action in statement.Action : startswith(action, "kms:")])
      ]
    ])) == toset([var.kms_key_arn])
    error_message = "Roles may use the one key only."
  }

  assert {
    condition = alltrue([
      for role in aws_iam_role.this :
      [for statement in jsondecode(role.assume_role_policy).Statement : statement.Principal] == [{ Service = ["ssm.amazonaws.com"] }]
    ])
    error_message = "Systems Manager, and nobody else, must be able to take on a runbook's role."
  }

  assert {
    condition = alltrue([
      for role in aws_iam_role.this :
      jsondecode(role.assume_role_policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == data.aws_caller_identity.this.account_id
    ])
    error_message = "A role could be taken on from another account."
  }
}

run "names_of_roles_fit_and_differ" {
  command = plan

  variables {
    name_prefix = "abcdefghijklmnopqrst"
  }

  # The longest Region's name has 15 letters, eu-west-2 has 9.
  assert {
    condition     = alltrue([for role in aws_iam_role.this : length(role.name) + 6 <= 64])
    error_message = "A role's name has at most 64 letters."
  }

  assert {
    condition     = length(distinct([for role in aws_iam_role.this : role.name])) == length(aws_iam_role.this)
    error_message = "Two roles have one name."
  }
}

run "a_key_is_made_where_none_is_given" {
  command = plan

  variables {
    kms_key_arn = null
  }

  assert {
    condition     = length(aws_kms_key.this) == 1 && aws_kms_key.this[0].enable_key_rotation
    error_message = "Expected one key that rotates."
  }

  assert {
    condition = alltrue([
      for service in ["config.amazonaws.com", "cloudwatch.amazonaws.com", "s3.amazonaws.com", "sns.amazonaws.com"] :
      contains(jsondecode(aws_kms_key.this[0].policy).Statement[1].Principal.Service, service)
    ])
    error_message = "A service that publishes would lose its messages."
  }

  assert {
    condition = jsondecode(aws_kms_key.this[0].policy).Statement[2] == {
      Sid       = "EventBridge"
      Effect    = "Allow"
      Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
      Resource  = ["*"]
      Principal = { Service = ["events.amazonaws.com"] }
      Condition = {
        ArnLike = {
          "kms:EncryptionContext:aws:sns:topicArn" = "arn:aws:sns:eu-west-2:${data.aws_caller_identity.this.account_id}:*"
        }
      }
    }
    error_message = "EventBridge publishes to encrypted topics under no condition on its source."
  }
}

run "no_key_is_made_where_no_rule_needs_one" {
  command = plan

  variables {
    kms_key_arn = null
    rules       = ["dynamodb-pitr-enabled", "rds-multi-az-support"]
  }

  assert {
    condition     = length(aws_kms_key.this) == 0 && output.kms_key_arn == null
    error_message = "A key costs money and is not needed."
  }

  assert {
    condition     = keys(aws_config_config_rule.this) == ["dynamodb-pitr-enabled", "rds-multi-az-support"]
    error_message = "Expected the chosen rules."
  }

  assert {
    condition     = length(aws_iam_role.this) == 2
    error_message = "Expected the chosen rules' roles."
  }
}

run "what_is_chosen_overrides_the_catalogue" {
  command = plan

  variables {
    parameters             = { sns-encrypted-kms = { kmsKeyIds = "arn:aws:kms:eu-west-2:123456789012:key/a" } }
    remediation_parameters = { rds-multi-az-support = { ApplyImmediately = "true" } }
    automatic              = ["dynamodb-pitr-enabled"]
    scope_tag              = { key = "Environment", value = "Production" }
    permissions_boundary   = "arn:aws:iam::123456789012:policy/boundary"
  }

  assert {
    condition     = jsondecode(aws_config_config_rule.this["sns-encrypted-kms"].input_parameters) == { kmsKeyIds = "arn:aws:kms:eu-west-2:123456789012:key/a" }
    error_message = "The rule's parameter was not taken."
  }

  assert {
    condition     = aws_config_remediation_configuration.this["rds-multi-az-support"].parameter[0].static_value == "true"
    error_message = "The runbook's parameter was not taken."
  }

  assert {
    condition = [
      for name, remediation in aws_config_remediation_configuration.this : name
      if remediation.automatic && remediation.maximum_automatic_attempts == 3 && remediation.retry_attempt_seconds == 300
    ] == ["dynamodb-pitr-enabled"]
    error_message = "Expected one automatic remediation, with its attempts."
  }

  assert {
    condition = alltrue([
      for rule in aws_config_config_rule.this :
      rule.scope[0].tag_key == "Environment" && rule.scope[0].tag_value == "Production"
      && try(length(rule.scope[0].compliance_resource_types), 0) == 0
    ])
    error_message = "AWS Config takes a tag or types, not both."
  }

  assert {
    condition     = alltrue([for role in aws_iam_role.this : role.permissions_boundary == var.permissions_boundary])
    error_message = "A role has no boundary."
  }
}

run "own_runbooks_serve_where_AWS_has_none" {
  command = plan

  override_data {
    target = data.aws_partition.this
    values = { partition = "aws-cn" }
  }

  variables {
    kms_key_arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  }

  assert {
    condition = {
      for name, remediation in aws_config_remediation_configuration.this : name => remediation.target_id
      } == {
      for name, rule in yamldecode(file("../../../config/rules.yaml")).rules :
      name => replace(rule.remediation.runbook, "AWSConfigRemediation-", "compliance-")
    }
    error_message = "Expected this project's documents."
  }

  assert {
    condition = alltrue([
      for policy in aws_iam_role_policy.this : alltrue([
        for statement in jsondecode(policy.policy).Statement : statement.Sid != "Runbook"
      ])
    ])
    error_message = "Own runbooks need no right to automations."
  }

  assert {
    condition     = strcontains(aws_iam_role_policy.this["AWSConfigRemediation-EnableMultiAZOnRDSInstance"].policy, "arn:aws-cn:rds:")
    error_message = "Expected ARNs of the partition."
  }
}

run "a_scope_may_be_a_rules_own" {
  command = plan

  variables {
    scope_tag = { key = "Environment", value = "Production" }
    scope_tags = {
      rds-multi-az-support  = { key = "BackupPolicy" }
      dynamodb-pitr-enabled = null
    }
  }

  assert {
    condition = [
      for name in ["dynamodb-pitr-enabled", "rds-multi-az-support", "sns-encrypted-kms"] :
      try(coalesce(aws_config_config_rule.this[name].scope[0].tag_key), "none")
    ] == ["none", "BackupPolicy", "Environment"]
    error_message = "Expected none, the rule's own tag, and everybody's."
  }

  assert {
    condition     = aws_config_config_rule.this["dynamodb-pitr-enabled"].scope[0].compliance_resource_types == toset(["AWS::DynamoDB::Table"])
    error_message = "Without a tag all of the type are looked at."
  }
}

run "a_runbook_of_ones_own_is_made_and_run" {
  command = plan

  variables {
    catalogue_file   = "tests/own/rules.yaml"
    documents_folder = "tests/own"
  }

  assert {
    condition     = aws_ssm_document.this["Hackney-PauseTopic"].content == file("tests/own/Hackney-PauseTopic.yaml")
    error_message = "Expected the folder's document."
  }

  assert {
    condition     = aws_config_remediation_configuration.this["hackney-topic"].target_id == "compliance-Hackney-PauseTopic"
    error_message = "Expected the document to be run."
  }
}

run "a_runbook_of_ones_own_without_its_document_is_refused" {
  command = plan

  variables {
    catalogue_file = "tests/own/rules.yaml"
  }

  expect_failures = [data.aws_caller_identity.this]
}

run "a_rule_that_is_not_in_the_catalogue_is_refused" {
  command = plan

  variables {
    rules = ["dynamodb-pitr-enabld"]
  }

  expect_failures = [data.aws_caller_identity.this]
}

run "a_wrong_catalogue_is_refused" {
  command = plan

  variables {
    catalogue_file = "tests/catalogues/wrong.yaml"
  }

  expect_failures = [data.aws_caller_identity.this]
}

run "an_empty_catalogue_is_refused" {
  command = plan

  variables {
    catalogue_file = "tests/catalogues/empty.yaml"
  }

  expect_failures = [data.aws_caller_identity.this]
}

run "a_catalogue_with_nothing_in_it_is_refused" {
  command = plan

  variables {
    catalogue_file = "tests/catalogues/nothing.yaml"
  }

  expect_failures = [data.aws_caller_identity.this]
}

run "a_catalogue_that_is_no_yaml_is_refused" {
  command = plan

  variables {
    catalogue_file = "tests/catalogues/broken.yaml"
  }

  expect_failures = [data.aws_caller_identity.this]
}

run "a_list_of_rules_is_refused" {
  command = plan

  variables {
    catalogue_file = "tests/catalogues/list.yaml"
  }

  expect_failures = [data.aws_caller_identity.this]
}

run "a_key_that_the_role_may_not_use_is_refused" {
  command = plan

  variables {
    remediation_parameters = { sns-encrypted-kms = { KmsKeyArn = "arn:aws:kms:eu-west-2:123456789012:key/a" } }
  }

  expect_failures = [data.aws_caller_identity.this]
}

run "no_key_at_all_is_refused" {
  command = plan

  variables {
    kms_key_arn    = null
    create_kms_key = false
  }

  expect_failures = [var.create_kms_key]
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    kms_key_arn                = "alias/data"
    name_prefix                = "aws-compliance"
    maximum_automatic_attempts = 26
    retry_attempt_seconds      = 0
    publishing_services        = ["config"]
    scope_tag                  = { key = "" }
    scope_tags                 = { rds-multi-az-support = { key = "" } }
  }

  expect_failures = [
    var.kms_key_arn, var.name_prefix, var.maximum_automatic_attempts, var.retry_attempt_seconds,
    var.publishing_services, var.scope_tag, var.scope_tags,
  ]
}
