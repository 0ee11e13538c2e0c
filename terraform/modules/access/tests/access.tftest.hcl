variables {
  bot_role_arn = "arn:aws:iam::999988887777:role/compliance-bot-task"
}

run "only_the_bot_may_assume_the_role" {
  variables {
    external_id     = "b7c1e0"
    organization_id = "o-a1b2c3d4e5"
  }

  assert {
    condition = jsondecode(aws_iam_role.this.assume_role_policy).Statement == [{
      Effect    = "Allow"
      Action    = ["sts:SetSourceIdentity", "sts:AssumeRole"]
      Principal = { AWS = "arn:aws:iam::999988887777:root" }
      Condition = {
        ArnEquals    = { "aws:PrincipalArn" = "arn:aws:iam::999988887777:role/compliance-bot-task" }
        StringEquals = { "aws:PrincipalOrgID" = "o-a1b2c3d4e5", "sts:ExternalId" = "b7c1e0" }
      }
    }]
    error_message = "Only the bot's role, with the external id and from the organisation, may be let in."
  }

  assert {
    condition     = output.role_name == "compliance-bot"
    error_message = "The name must be that of bot.yaml."
  }
}

run "without_an_external_id_the_role_is_still_the_bots_alone" {
  assert {
    condition = jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Condition == {
      ArnEquals = { "aws:PrincipalArn" = "arn:aws:iam::999988887777:role/compliance-bot-task" }
    }
    error_message = "The bot's account as a whole must not be let in."
  }
}

run "the_role_reads_runbooks_and_can_do_nothing_else_outside_aws_config" {
  assert {
    condition = alltrue([
      for action in flatten([for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : statement.Action]) :
      (startswith(action, "config:") || action == "ssm:DescribeDocument") && !strcontains(action, "*")
    ])
    error_message = "Only named actions of AWS Config may be granted, and to read documents."
  }

  assert {
    condition = {
      for statement in jsondecode(aws_iam_role_policy.this.policy).Statement :
      statement.Sid => join(" ", flatten([statement.Resource]))
      } == {
      ReadRunbooks       = "arn:aws:ssm:*::document/* arn:aws:ssm:*:123456789012:document/*"
      ReadRulesAndExcept = "*"
      ReadEvaluations    = "arn:aws:config:*:123456789012:config-rule/*"
      RemediateAndFollow = "arn:aws:config:*:123456789012:remediation-configuration/*"
    }
    error_message = "Remediations must be limited to this account's."
  }
}

run "a_role_name_with_a_path_is_refused" {
  command = plan

  variables {
    role_name = "security/compliance-bot"
  }

  expect_failures = [var.role_name]
}

run "a_user_instead_of_the_bots_role_is_refused" {
  command = plan

  variables {
    bot_role_arn = "arn:aws:iam::999988887777:user/somebody"
  }

  expect_failures = [var.bot_role_arn]
}

run "an_external_id_that_aws_would_not_take_is_refused" {
  command = plan

  variables {
    external_id = "x y"
  }

  expect_failures = [var.external_id]
}
