# The catalogue's rules in one account and Region: AWS Config finds, and when somebody (the bot, or
# AWS Config itself where a rule is automatic) says so, a runbook mends with a role made for it.

data "aws_caller_identity" "this" {
  lifecycle {
    precondition {
      condition     = length(module.catalogue.faults) == 0
      error_message = "The rule catalogue cannot be used:\n- ${join("\n- ", module.catalogue.faults)}"
    }
  }
}

data "aws_partition" "this" {}
data "aws_region" "this" {}

locals {
  partition = data.aws_partition.this.partition

  # AWS Config's runbooks are not in every partition.
  own_documents = coalesce(var.own_documents, contains(["aws-cn", "aws-us-gov"], local.partition))
  create_key    = module.catalogue.needs_key && (var.create_kms_key ? var.kms_key_arn == null : false)
  kms_key_arn   = local.create_key ? one(aws_kms_key.this[*].arn) : var.kms_key_arn
}

module "catalogue" {
  source = "../catalogue"

  catalogue_file         = coalesce(var.catalogue_file, "${path.module}/../../../config/rules.yaml")
  rules                  = var.rules
  parameters             = var.parameters
  remediation_parameters = var.remediation_parameters
  automatic              = var.automatic
  scope_tag              = var.scope_tag
  scope_tags             = var.scope_tags
  own_documents          = local.own_documents
  documents_folder       = var.documents_folder
  publishing_services    = var.publishing_services
  name_prefix            = var.name_prefix
  partition              = local.partition
  region                 = data.aws_region.this.region
  account_id             = data.aws_caller_identity.this.account_id
  kms_key_arn            = local.kms_key_arn
}

resource "aws_config_config_rule" "this" {
  for_each = module.catalogue.rules

  name             = each.key
  description      = each.value.title
  input_parameters = length(each.value.parameters) > 0 ? jsonencode(each.value.parameters) : null
  tags             = var.tags

  source {
    owner             = "AWS"
    source_identifier = each.value.identifier
  }

  # AWS Config takes a tag or types, not both; the identifier implies the types in any case.
  scope {
    compliance_resource_types = each.value.scope_tag == null ? [each.value.resource_type] : null
    tag_key                   = try(each.value.scope_tag.key, null)
    tag_value                 = try(each.value.scope_tag.value, null)
  }

  depends_on = [var.recorder_name]
}

# It names its rule by reference: AWS deletes no rule that still has a remediation.
resource "aws_config_remediation_configuration" "this" {
  for_each = module.catalogue.rules

  config_rule_name = aws_config_config_rule.this[each.key].name
  resource_type    = each.value.resource_type
  target_type      = "SSM_DOCUMENT"
  target_id        = local.document_names[each.value.runbook]

  automatic                  = each.value.automatic
  maximum_automatic_attempts = each.value.automatic ? var.maximum_automatic_attempts : null
  retry_attempt_seconds      = each.value.automatic ? var.retry_attempt_seconds : null

  # A map's keys are sorted, as the provider reads the parameters back.
  dynamic "parameter" {
    for_each = merge(
      { for name, value in each.value.remediation_parameters : name => { resource = null, static = value } },
      {
        (each.value.resource_parameter) = { resource = "RESOURCE_ID", static = null }
        AutomationAssumeRole            = { resource = null, static = aws_iam_role.this[each.value.runbook].arn }
      },
    )

    content {
      name           = parameter.key
      resource_value = parameter.value.resource
      static_value   = parameter.value.static
    }
  }
}

# --- one role a runbook

resource "aws_iam_role" "this" {
  for_each = module.catalogue.roles

  name                 = each.value.name
  description          = "${each.key} for AWS Config's remediations."
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = module.catalogue.trust })
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

resource "aws_iam_role_policy" "this" {
  for_each = module.catalogue.roles

  name   = "runbook"
  role   = aws_iam_role.this[each.key].name
  policy = jsonencode({ Version = "2012-10-17", Statement = each.value.statements })
}

# --- own runbooks, where AWS's are missing

resource "aws_ssm_document" "this" {
  for_each = module.catalogue.documents

  name            = each.value.name
  document_type   = "Automation"
  document_format = "YAML"
  content         = file(each.value.file)
  tags            = var.tags
}

locals {
  document_names = {
    for runbook, role in module.catalogue.roles :
    runbook => role.own ? aws_ssm_document.this[runbook].name : role.document
  }
}

# --- the key for topics and tables

resource "aws_kms_key" "this" {
  count = local.create_key ? 1 : 0

  description         = "Encrypts what the compliance rules ask to be encrypted."
  enable_key_rotation = true
  policy              = jsonencode({ Version = "2012-10-17", Statement = module.catalogue.key_statements })
  tags                = var.tags
}

resource "aws_kms_alias" "this" {
  count = local.create_key ? 1 : 0

  name          = "alias/${var.name_prefix}"
  target_key_id = aws_kms_key.this[0].key_id
}
