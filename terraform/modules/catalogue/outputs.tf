output "faults" {
  description = "What is wrong with the catalogue or with the choice from it, a sentence each: must be empty."
  value       = local.faults
}

output "rules" {
  description = "The chosen rules by name, with every parameter filled in but AutomationAssumeRole."
  value = {
    for name, rule in local.selected : name => {
      identifier    = rule.identifier
      resource_type = rule.resource_type
      title         = rule.title
      runbook       = rule.runbook
      automatic     = contains(var.automatic, name)
      scope_tag     = lookup(var.scope_tags, name, var.scope_tag)
      parameters = {
        for key, value in rule.parameters :
        key => replace(value, local.placeholder, local.resources.kms[0])
      }
      resource_parameter = rule.resource_parameter
      remediation_parameters = {
        for key, value in rule.remediation_parameters :
        key => replace(value, local.placeholder, local.resources.kms[0])
      }
    }
  }
}

output "roles" {
  description = "The role of each runbook in use: name, statements, and the document to run."
  value       = local.roles
}

output "trust" {
  description = "Who may take on those roles, as statements."
  value       = local.trust
}

output "documents" {
  description = "This project's own runbooks in use: name and file by AWS's name."
  value = {
    for runbook, role in local.roles : runbook => {
      name = role.document
      file = try(local.documents[runbook], null)
    } if role.own
  }
}

output "needs_key" {
  description = "Whether a chosen rule needs a KMS key."
  value       = local.needs_key
}

output "key_statements" {
  description = "The key's policy, as statements."
  value       = local.key_statements
}
