# The templates. What the account and Region are, CloudFormation says: the same texts that the
# module rules fills in carry CloudFormation's names for them here.

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
  partition              = "$${AWS::Partition}"
  region                 = "$${AWS::Region}"
  account_id             = "$${AWS::AccountId}"
  kms_key_arn            = "$${Key.Arn}"
}

locals {
  version       = "2010-09-09"
  has_recorder  = var.recorder != null
  forward       = coalesce(var.forward_events, var.event_bus_arn != null)
  boundary      = var.permissions_boundary == null ? {} : { PermissionsBoundary = "arn:$${AWS::Partition}:iam::$${AWS::AccountId}:policy/${var.permissions_boundary}" }
  after_records = { for name in ["DependsOn"] : name => "Recorder" if local.has_recorder }

  # Logical ids are letters and digits only.
  rule_ids    = { for name in keys(module.catalogue.rules) : name => replace(title(replace(name, "/[-_]/", " ")), " ", "") }
  runbook_ids = { for runbook in keys(module.catalogue.roles) : runbook => replace(runbook, "/[^A-Za-z0-9]/", "") }

  rules = {
    for name, rule in module.catalogue.rules : "Rule${local.rule_ids[name]}" => merge(local.after_records, {
      Type = "AWS::Config::ConfigRule"
      Properties = {
        for key, value in {
          ConfigRuleName  = name
          Description     = rule.title
          InputParameters = length(rule.parameters) > 0 ? rule.parameters : null
          Source          = { Owner = "AWS", SourceIdentifier = rule.identifier }
          Scope = {
            for key, value in {
              ComplianceResourceTypes = rule.scope_tag == null ? [rule.resource_type] : null
              TagKey                  = try(rule.scope_tag.key, null)
              TagValue                = try(rule.scope_tag.value, null)
            } : key => value if value != null
          }
        } : key => value if value != null
      }
    })
  }

  remediations = {
    for name, rule in module.catalogue.rules : "Remediation${local.rule_ids[name]}" => {
      Type = "AWS::Config::RemediationConfiguration"
      Properties = {
        for key, value in {
          ConfigRuleName           = { Ref = "Rule${local.rule_ids[name]}" }
          ResourceType             = rule.resource_type
          TargetType               = "SSM_DOCUMENT"
          TargetId                 = local.document_names[rule.runbook]
          Automatic                = rule.automatic
          MaximumAutomaticAttempts = rule.automatic ? var.maximum_automatic_attempts : null
          RetryAttemptSeconds      = rule.automatic ? var.retry_attempt_seconds : null
          Parameters = merge(
            { for key, value in rule.remediation_parameters : key => { StaticValue = { Values = [value] } } },
            {
              (rule.resource_parameter) = { ResourceValue = { Value = "RESOURCE_ID" } }
              AutomationAssumeRole = {
                StaticValue = { Values = [{ "Fn::GetAtt" = ["Role${local.runbook_ids[rule.runbook]}", "Arn"] }] }
              }
            },
          )
        } : key => value if value != null
      }
    }
  }

  roles = {
    for runbook, role in module.catalogue.roles : "Role${local.runbook_ids[runbook]}" => {
      Type = "AWS::IAM::Role"
      Properties = merge(local.boundary, {
        RoleName                 = role.name
        Description              = "${runbook} for AWS Config's remediations."
        AssumeRolePolicyDocument = { Version = "2012-10-17", Statement = module.catalogue.trust }
        Policies = [{
          PolicyName     = "runbook"
          PolicyDocument = { Version = "2012-10-17", Statement = role.statements }
        }]
      })
    }
  }

  documents = {
    for runbook, document in module.catalogue.documents : "Document${local.runbook_ids[runbook]}" => {
      Type = "AWS::SSM::Document"
      Properties = {
        Name         = document.name
        DocumentType = "Automation"
        # A name of one's own cannot be replaced, only given a new version.
        UpdateMethod = "NewVersion"
        Content      = try(yamldecode(file(document.file)), null)
      }
    }
  }

  # By reference, so that the document is there first; as text, for the two differ in type.
  document_names = {
    for runbook, role in module.catalogue.roles : runbook => jsondecode(
      role.own ? jsonencode({ Ref = "Document${local.runbook_ids[runbook]}" }) : jsonencode(role.document)
    )
  }

  # What the key has encrypted must stay readable when the stack goes; what a stack that failed made
  # would stand in the way of the next.
  key = {
    for id, resource in {
      Key = {
        Type                = "AWS::KMS::Key"
        DeletionPolicy      = "RetainExceptOnCreate"
        UpdateReplacePolicy = "Retain"
        Properties = {
          Description       = "Encrypts what the compliance rules ask to be encrypted."
          EnableKeyRotation = true
          KeyPolicy         = { Version = "2012-10-17", Statement = module.catalogue.key_statements }
        }
      }
      KeyAlias = {
        Type       = "AWS::KMS::Alias"
        Properties = { AliasName = "alias/${var.name_prefix}", TargetKeyId = { Ref = "Key" } }
      }
    } : id => resource if module.catalogue.needs_key
  }

  # Every text that names something of CloudFormation's becomes a Fn::Sub, in one place.
  reference       = "/\"([^\"]*\\$\\{[^\"]*)\"/"
  substituted     = "{\"Fn::Sub\":\"$1\"}"
  rules_resources = merge(local.rules, local.remediations, local.roles, local.documents, local.key, local.recorder, local.forwarding)
  rules_template = replace(jsonencode(merge(
    { AWSTemplateFormatVersion = local.version, Description = "Compliance rules and their remediations.", Resources = local.rules_resources },
    { for name, topics in { Topics = { for region, arn in var.topic_arns : region => { Arn = arn } } } : "Mappings" => { (name) = topics } if length(topics) > 0 },
  )), local.reference, local.substituted)

  access_template = replace(jsonencode({
    AWSTemplateFormatVersion = local.version
    Description              = "The compliance bot's role."
    Resources                = local.access
  }), local.reference, local.substituted)
}
