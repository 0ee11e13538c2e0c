variables {
  image      = "999988887777.dkr.ecr.eu-west-2.amazonaws.com/compliance-bot:1.0.0"
  vpc_id     = "vpc-0a1b2c3d4e5f60718"
  subnet_ids = ["subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"]

  configuration = {
    "bot.yaml"   = <<-E
      accounts:
        - {id: "111122223333", name: housing, regions: [eu-west-2]}
        - {id: "022233334444", name: payments, regions: [eu-west-2]}
      role_name: compliance-bot
    E
    "rules.yaml" = "rules: {}"
    "teams.yaml" = "teams: []"
  }

  queues = [{
    url         = "https://sqs.eu-west-2.amazonaws.com/123456789012/changes"
    arn         = "arn:aws:sqs:eu-west-2:123456789012:changes"
    kms_key_arn = "arn:aws:kms:eu-west-2:123456789012:key/11111111-2222-3333-4444-555555555555"
  }]
}

run "the_bot_listens_to_nobody_and_talks_to_slack_and_aws" {
  assert {
    condition     = length(aws_lb.this) + length(aws_vpc_security_group_ingress_rule.task) == 0
    error_message = "With Socket Mode nothing may reach the bot."
  }

  assert {
    condition     = aws_ecs_service.this.network_configuration[0].assign_public_ip == false
    error_message = "A task must have no public address."
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[1].portMappings == []
    error_message = "A task must open no port."
  }
}

run "the_container_is_configured_by_the_environment" {
  assert {
    condition = {
      for each in jsondecode(aws_ecs_task_definition.this.container_definitions)[1].environment : each.name => each.value
      } == {
      ALLOWLIST_URL     = "file:/data/allowlist.yaml"
      AWS_REGION        = "eu-west-2"
      COMPLIANCE_CONFIG = "/etc/compliance-bot"
      DATABASE_URL      = "postgresql+psycopg://compliance@${aws_db_instance.this["ledger"].endpoint}/compliance?sslmode=require"
      HTTP_HOST         = "127.0.0.1"
      HTTP_PORT         = "8080"
      QUEUE_URLS        = "https://sqs.eu-west-2.amazonaws.com/123456789012/changes"
      SNS_TOPIC_ARNS    = ""
      TMPDIR            = "/data"
    }
    error_message = "The environment must be what the bot reads."
  }

  assert {
    condition     = alltrue([for each in jsondecode(aws_ecs_task_definition.this.container_definitions) : each.readonlyRootFilesystem])
    error_message = "Containers must not be able to write to their root."
  }

  assert {
    condition = jsondecode(aws_ecs_task_definition.this.container_definitions)[1].dependsOn == [
      { containerName = "configuration", condition = "SUCCESS" }
    ]
    error_message = "The bot must not start before its configuration is there."
  }
}

run "secrets_come_from_secrets_manager_and_their_values_from_people" {
  assert {
    condition = [
      for each in jsondecode(aws_ecs_task_definition.this.container_definitions)[1].secrets : each.valueFrom if each.name != "PGPASSWORD"
    ] == [for name in ["SLACK_APP_TOKEN", "SLACK_BOT_TOKEN"] : aws_secretsmanager_secret.this[name].arn]
    error_message = "The tokens must come from Secrets Manager."
  }

  assert {
    condition     = alltrue([for secret in aws_secretsmanager_secret.this : secret.kms_key_id == aws_kms_key.this.arn])
    error_message = "Secrets must be encrypted with the module's key."
  }

  assert {
    condition     = output.secret_names == { SLACK_APP_TOKEN = "compliance-bot/SLACK_APP_TOKEN", SLACK_BOT_TOKEN = "compliance-bot/SLACK_BOT_TOKEN" }
    error_message = "Socket Mode needs these two."
  }
}

run "the_bot_reads_its_queue_and_assumes_its_role_and_nothing_else" {
  assert {
    condition = jsonencode({
      for statement in jsondecode(aws_iam_role_policy.task.policy).Statement :
      statement.Sid => concat(sort(flatten([statement.Action])), sort(flatten([statement.Resource])))
      }) == jsonencode({
      ReadQueues = [
        "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage",
        "arn:aws:sqs:eu-west-2:123456789012:changes",
      ]
      DecryptMessages = [
        "kms:Decrypt",
        "arn:aws:kms:eu-west-2:123456789012:key/11111111-2222-3333-4444-555555555555",
      ]
      AssumeItsRole = [
        "sts:AssumeRole", "sts:SetSourceIdentity",
        "arn:aws:iam::022233334444:role/compliance-bot", "arn:aws:iam::111122223333:role/compliance-bot",
      ]
    })
    error_message = "The bot's role must be limited to its queue, its key, and the accounts of bot.yaml."
  }
}

run "the_execution_role_reads_only_this_bots_image_log_and_secrets" {
  assert {
    condition = (
      [for each in jsondecode(aws_iam_role_policy.execution.policy).Statement : each.Resource if each.Sid == "ReadImage"]
      == ["arn:aws:ecr:eu-west-2:999988887777:repository/compliance-bot"]
    )
    error_message = "The image's own repository, and no other, must be readable."
  }

  assert {
    condition = [
      for each in jsondecode(aws_iam_role_policy.execution.policy).Statement : each.Sid if each.Resource == "*"
    ] == ["EnterRegistry"]
    error_message = "Only signing in to ECR has no resource."
  }

  assert {
    condition = alltrue([
      for role in [aws_iam_role.task, aws_iam_role.execution] :
      jsondecode(role.assume_role_policy).Statement[*].Principal == [{ Service = "ecs-tasks.amazonaws.com" }]
    ])
    error_message = "ECS, and nobody else, must be able to take on the roles."
  }

  assert {
    condition = jsondecode(aws_iam_role.task.assume_role_policy).Statement[0].Condition == {
      ArnLike      = { "aws:SourceArn" = "arn:aws:ecs:eu-west-2:123456789012:*" }
      StringEquals = { "aws:SourceAccount" = "123456789012" }
    }
    error_message = "Only ECS of this account may give the roles out."
  }
}

run "the_ledger_is_encrypted_kept_and_private" {
  assert {
    condition = (
      aws_db_instance.this["ledger"].storage_encrypted && aws_db_instance.this["ledger"].multi_az
      && aws_db_instance.this["ledger"].deletion_protection && !aws_db_instance.this["ledger"].publicly_accessible
    )
    error_message = "The bot's own database must meet the rules that the bot looks after."
  }

  assert {
    condition     = aws_db_instance.this["ledger"].manage_master_user_password && aws_db_instance.this["ledger"].password == null
    error_message = "RDS must keep the password, so that no state file has it."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.database["ledger"].referenced_security_group_id == aws_security_group.task.id
    error_message = "Only the bot may reach the database."
  }
}

run "files_are_encrypted_and_mounted_by_the_bot_alone" {
  assert {
    condition     = aws_efs_file_system.this.encrypted && aws_efs_file_system.this.kms_key_id == aws_kms_key.this.arn
    error_message = "The file system must be encrypted with the module's key."
  }

  assert {
    condition     = jsondecode(aws_efs_file_system_policy.this.policy).Statement[0].Principal == { AWS = aws_iam_role.task.arn }
    error_message = "Only the bot may mount the file system."
  }

  assert {
    condition     = length(aws_efs_mount_target.this) == 2
    error_message = "Each subnet needs a mount target."
  }
}

run "an_editor_may_mount_the_files_from_a_named_host" {
  variables {
    editors                   = ["arn:aws:iam::123456789012:role/security-analyst"]
    editor_security_group_ids = ["sg-0a1b2c3d4e5f60718"]
  }

  assert {
    condition     = contains(jsondecode(aws_efs_file_system_policy.this.policy).Statement[0].Principal.AWS, "arn:aws:iam::123456789012:role/security-analyst")
    error_message = "The editor must be let in."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.files["sg-0a1b2c3d4e5f60718"].from_port == 2049
    error_message = "The host must reach the file system."
  }
}

run "evidence_cannot_be_changed_while_it_is_kept" {
  assert {
    condition     = aws_s3_bucket_object_lock_configuration.evidence["evidence"].rule[0].default_retention[0].days == 400
    error_message = "Evidence must be locked."
  }

  assert {
    condition     = aws_s3_bucket_versioning.evidence["evidence"].versioning_configuration[0].status == "Enabled"
    error_message = "A lock needs versions."
  }

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.evidence["evidence"].block_public_acls,
      aws_s3_bucket_public_access_block.evidence["evidence"].block_public_policy,
      aws_s3_bucket_public_access_block.evidence["evidence"].ignore_public_acls,
      aws_s3_bucket_public_access_block.evidence["evidence"].restrict_public_buckets,
    ])
    error_message = "Evidence must not be public."
  }
}

run "without_a_database_one_task_keeps_its_ledger_in_a_file" {
  variables {
    database = null
    evidence = null
  }

  assert {
    condition = contains(
      jsondecode(aws_ecs_task_definition.this.container_definitions)[1].environment,
      { name = "DATABASE_URL", value = "sqlite:////data/ledger.db" },
    )
    error_message = "The ledger must be on the file system, which outlives the task."
  }

  assert {
    condition     = aws_ecs_service.this.deployment_maximum_percent == 100 && aws_ecs_service.this.deployment_minimum_healthy_percent == 0
    error_message = "With SQLite the old task must end before the new one begins."
  }

  assert {
    condition     = length(aws_db_instance.this) + length(aws_s3_bucket.evidence) + length(aws_vpc_security_group_egress_rule.database) == 0
    error_message = "No database and no bucket were wanted."
  }
}

run "without_secrets_none_may_be_read" {
  variables {
    database = null
    secrets  = []
  }

  assert {
    condition = !anytrue([
      for statement in jsondecode(aws_iam_role_policy.execution.policy).Statement : endswith(statement.Sid, "Secrets")
    ])
    error_message = "IAM takes no statement without a resource."
  }
}

run "names_fit_in_the_longest_region" {
  command = plan

  variables {
    name_prefix = "abcdefghijklmnopqrstuvwxy"
  }

  # The longest Region's name has 15 letters, eu-west-2 has 9.
  assert {
    condition     = length(aws_s3_bucket.evidence["evidence"].bucket) + 6 == 63
    error_message = "A bucket's name has at most 63 letters."
  }
}

run "a_name_that_would_not_fit_is_refused" {
  command = plan

  variables {
    name_prefix = "abcdefghijklmnopqrstuvwxyz"
  }

  expect_failures = [var.name_prefix]
}

run "a_database_of_ones_own_is_a_secret" {
  variables {
    database = null
    secrets  = ["DATABASE_URL", "SLACK_APP_TOKEN", "SLACK_BOT_TOKEN"]
  }

  assert {
    condition = !contains(
      jsondecode(aws_ecs_task_definition.this.container_definitions)[1].environment[*].name, "DATABASE_URL"
    )
    error_message = "The URL holds a password: it must not be in the environment in plain."
  }

  assert {
    condition     = aws_ecs_service.this.deployment_maximum_percent == 200
    error_message = "PostgreSQL serves two tasks during a deployment."
  }
}

run "in_an_organisation_the_bot_assumes_its_role_everywhere_in_it" {
  variables {
    organization_id = "o-a1b2c3d4e5"
  }

  assert {
    condition = [
      for each in jsondecode(aws_iam_role_policy.task.policy).Statement : [each.Resource, each.Condition] if each.Sid == "AssumeItsRole"
    ] == [["arn:aws:iam::*:role/compliance-bot", { StringEquals = { "aws:ResourceOrgID" = "o-a1b2c3d4e5" } }]]
    error_message = "The role may be assumed in the organisation's accounts only."
  }
}

run "a_topic_of_another_account_can_be_confirmed" {
  variables {
    topic_arns = ["arn:aws:sns:eu-west-2:555566667777:aws-controltower-AllConfigNotifications"]
  }

  assert {
    condition = [
      for each in jsondecode(aws_iam_role_policy.task.policy).Statement : each.Resource if each.Sid == "ConfirmSubscriptions"
    ] == ["arn:aws:sns:eu-west-2:555566667777:aws-controltower-AllConfigNotifications"]
    error_message = "Only the named topic may be confirmed."
  }
}

run "a_load_balancer_lets_only_callers_paths_through" {
  variables {
    secrets = ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"]

    load_balancer = {
      subnet_ids      = ["subnet-2a1b2c3d4e5f60718", "subnet-3a1b2c3d4e5f60718"]
      certificate_arn = "arn:aws:acm:eu-west-2:123456789012:certificate/11111111-2222-3333-4444-555555555555"
      ingress_cidrs   = ["0.0.0.0/0"]
    }
  }

  assert {
    condition = one(one(aws_lb_listener_rule.this["https"].condition).path_pattern).values == toset([
      "/api/messages", "/slack/events", "/sns",
    ])
    error_message = "Health and metrics must stay inside."
  }

  assert {
    condition     = aws_lb_listener.this["https"].default_action[0].fixed_response[0].status_code == "404"
    error_message = "Whatever else is asked for must not reach the bot."
  }

  assert {
    condition     = aws_lb_listener.this["https"].protocol == "HTTPS"
    error_message = "Only TLS may be spoken."
  }

  assert {
    condition     = aws_lb.this["https"].enable_deletion_protection
    error_message = "A mistake in a plan would delete it."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.task["https"].referenced_security_group_id == aws_security_group.load_balancer["https"].id
    error_message = "Only the load balancer may reach the bot."
  }
}

run "a_load_balancer_may_be_let_go" {
  command = plan

  variables {
    load_balancer = {
      subnet_ids          = ["subnet-2a1b2c3d4e5f60718", "subnet-3a1b2c3d4e5f60718"]
      certificate_arn     = "arn:aws:acm:eu-west-2:123456789012:certificate/11111111-2222-3333-4444-555555555555"
      ingress_cidrs       = ["203.0.113.0/24"]
      deletion_protection = false
    }
  }

  assert {
    condition     = !aws_lb.this["https"].enable_deletion_protection
    error_message = "It could never be removed."
  }
}

run "a_range_of_ipv6_is_refused" {
  command = plan

  variables {
    load_balancer = {
      subnet_ids      = ["subnet-2a1b2c3d4e5f60718", "subnet-3a1b2c3d4e5f60718"]
      certificate_arn = "arn:aws:acm:eu-west-2:123456789012:certificate/11111111-2222-3333-4444-555555555555"
      ingress_cidrs   = ["::/0"]
    }
  }

  expect_failures = [var.load_balancer]
}

run "a_service_that_is_not_wanted_yet_raises_no_alarm" {
  variables {
    desired_count = 0
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.stopped) == 0
    error_message = "Nothing runs because nothing shall run."
  }
}

run "a_longer_evidence_lock_can_be_made_final" {
  variables {
    evidence = { retention_days = 2557, mode = "COMPLIANCE" }
  }

  assert {
    condition     = aws_s3_bucket_object_lock_configuration.evidence["evidence"].rule[0].default_retention[0].mode == "COMPLIANCE"
    error_message = "The mode must be the one asked for."
  }
}

run "an_image_that_may_change_by_itself_is_refused" {
  command = plan

  variables {
    image = "ghcr.io/example/compliance-bot:latest"
  }

  expect_failures = [var.image]
}

run "an_image_without_a_tag_is_refused" {
  command = plan

  variables {
    image = "ghcr.io/example/compliance-bot"
  }

  expect_failures = [var.image]
}

run "a_bot_that_hears_nothing_is_refused" {
  command = plan

  variables {
    queues = []
  }

  expect_failures = [var.queues]
}

run "two_tasks_on_sqlite_are_refused" {
  command = plan

  variables {
    database      = null
    desired_count = 2
  }

  expect_failures = [var.desired_count]
}

run "slack_over_http_without_a_load_balancer_is_refused" {
  command = plan

  variables {
    secrets = ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"]
  }

  expect_failures = [var.secrets]
}

run "microsoft_teams_without_a_load_balancer_is_refused" {
  command = plan

  variables {
    secrets     = ["TEAMS_CLIENT_SECRET"]
    environment = { TEAMS_CLIENT_ID = "8f0c6d1e-3a5b-4c7d-9e8f-0a1b2c3d4e5f", TEAMS_TENANT_ID = "72f988bf-0c1d-4e2a-9b3c-5d6e7f809100" }
  }

  expect_failures = [var.secrets]
}

run "microsoft_teams_without_its_secret_is_refused" {
  command = plan

  variables {
    environment = { TEAMS_CLIENT_ID = "8f0c6d1e-3a5b-4c7d-9e8f-0a1b2c3d4e5f", TEAMS_TENANT_ID = "72f988bf-0c1d-4e2a-9b3c-5d6e7f809100" }
  }

  expect_failures = [var.environment]
}

run "a_secret_among_the_plain_variables_is_refused" {
  command = plan

  variables {
    environment = { TEAMS_CLIENT_SECRET = "in-every-state-file" }
  }

  expect_failures = [var.environment]
}

run "a_configuration_without_teams_is_refused" {
  command = plan

  variables {
    configuration = {
      "bot.yaml"   = "{accounts: [{id: \"111122223333\", name: a, regions: [eu-west-2]}], role_name: x}"
      "rules.yaml" = "rules: {}"
    }
  }

  expect_failures = [var.configuration]
}

run "a_configuration_without_the_role_is_refused" {
  command = plan

  variables {
    configuration = {
      "bot.yaml"   = "accounts: [{id: \"111122223333\", name: a, regions: [eu-west-2]}]"
      "rules.yaml" = "rules: {}"
      "teams.yaml" = "teams: []"
    }
  }

  expect_failures = [var.configuration]
}

run "an_account_id_that_yaml_read_as_octal_is_refused" {
  command = plan

  variables {
    configuration = {
      "bot.yaml"   = "{accounts: [{id: 012345670123, name: a, regions: [eu-west-2]}], role_name: x}"
      "rules.yaml" = "rules: {}"
      "teams.yaml" = "teams: []"
    }
  }

  expect_failures = [var.configuration]
}

run "an_allowlist_in_s3_is_the_only_object_that_the_bot_may_write" {
  variables {
    allowlist_url         = "s3://council-exceptions/compliance/allowlist.yaml"
    allowlist_kms_key_arn = "arn:aws:kms:eu-west-2:123456789012:key/22222222-3333-4444-5555-666666666666"
  }

  assert {
    condition = {
      for each in data.aws_iam_policy_document.task.statement : each.sid => join(" ", each.resources)
      if contains(["KeepAllowlist", "CheckAllowlistBucket", "UseAllowlistKey"], each.sid)
      } == {
      KeepAllowlist        = "arn:aws:s3:::council-exceptions/compliance/allowlist.yaml"
      CheckAllowlistBucket = "arn:aws:s3:::council-exceptions"
      UseAllowlistKey      = var.allowlist_kms_key_arn
    }
    error_message = "The bot may read and write its allowlist, and nothing else in S3."
  }
}

run "an_allowlist_in_git_brings_its_token_as_a_secret" {
  variables {
    allowlist_url = "git+https://git.example.org/council/exceptions.git?branch=main&path=allowlist.yaml"
    secrets       = ["ALLOWLIST_GIT_TOKEN", "SLACK_APP_TOKEN", "SLACK_BOT_TOKEN"]
  }

  assert {
    condition     = contains([for each in jsondecode(aws_ecs_task_definition.this.container_definitions)[1].secrets : each.name], "ALLOWLIST_GIT_TOKEN")
    error_message = "The bot must be given the token."
  }
}

run "a_token_in_the_url_of_the_allowlist_is_refused" {
  command = plan

  variables {
    allowlist_url = "git+https://bot:token@git.example.org/council/exceptions.git"
  }

  expect_failures = [var.allowlist_url]
}
