output "rule_arns" {
  description = "The Config rules' ARNs by rule."
  value       = { for name, rule in aws_config_config_rule.this : name => rule.arn }
}

output "remediation_role_arns" {
  description = "The ARN of the role that mends, by rule."
  value       = { for name, rule in module.catalogue.rules : name => aws_iam_role.this[rule.runbook].arn }
}

output "kms_key_arn" {
  description = "The key for topics and tables; null where no chosen rule needs one."
  value       = local.kms_key_arn
}
