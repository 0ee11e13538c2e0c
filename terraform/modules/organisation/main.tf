# The modules rules, recorder and access (and delivery's forwarding) as CloudFormation, rolled out to
# organisational units by service-managed StackSets: AWS creates the stacks, in new accounts too.
# Plain rules, not organisation rules or conformance packs: AWS refuses remediations on those.

data "aws_partition" "this" {}
data "aws_region" "this" {}

locals {
  partition     = data.aws_partition.this.partition
  own_documents = coalesce(var.own_documents, contains(["aws-cn", "aws-us-gov"], local.partition))

  stacks = {
    rules  = { description = "Compliance rules and their remediations.", regions = var.regions, template = local.rules_template }
    access = { description = "The compliance bot's role.", regions = toset([data.aws_region.this.region]), template = local.access_template }
  }

  instances = {
    for instance in flatten([
      for name, stack in local.stacks : [
        for environment in var.environments : [
          for region in stack.regions : { stack = name, environment = environment, region = region }
        ]
      ]
    ]) : "${instance.stack}/${instance.environment}/${instance.region}" => instance
  }

  # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
  template_limit = 51200
}

resource "aws_cloudformation_stack_set" "this" {
  for_each = local.stacks

  name             = "${var.name_prefix}-${each.key}"
  description      = each.value.description
  permission_model = "SERVICE_MANAGED"
  call_as          = var.delegated_administrator ? "DELEGATED_ADMIN" : "SELF"
  capabilities     = ["CAPABILITY_NAMED_IAM"]
  template_body    = each.value.template
  tags             = var.tags

  auto_deployment {
    enabled                          = true
    retain_stacks_on_account_removal = false
  }

  managed_execution {
    active = true
  }

  lifecycle {
    # AWS fills it in for service-managed StackSets too.
    ignore_changes = [administration_role_arn]

    precondition {
      condition     = length(module.catalogue.faults) == 0
      error_message = "The rule catalogue cannot be used:\n- ${join("\n- ", module.catalogue.faults)}"
    }

    precondition {
      condition     = length(each.value.template) <= local.template_limit
      error_message = "The template of ${each.key} has ${length(each.value.template)} letters and CloudFormation takes ${local.template_limit}: choose fewer rules, in two instances of this module."
    }
  }
}

resource "aws_cloudformation_stack_set_instance" "this" {
  for_each = local.instances

  stack_set_name            = aws_cloudformation_stack_set.this[each.value.stack].name
  stack_set_instance_region = each.value.region
  call_as                   = var.delegated_administrator ? "DELEGATED_ADMIN" : "SELF"

  deployment_targets {
    organizational_unit_ids = var.organizational_unit_ids[each.value.environment]
    accounts                = lookup(var.accounts, each.value.environment, null)
    account_filter_type     = contains(keys(var.accounts), each.value.environment) ? "INTERSECTION" : "NONE"
  }

  operation_preferences {
    failure_tolerance_percentage = 10
    max_concurrent_percentage    = 25
  }
}
