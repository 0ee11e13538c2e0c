output "role_arn" {
  description = "The role that the bot assumes; null in a further Region."
  value       = one(module.access[*].role_arn)
}

output "rule_arns" {
  description = "The Config rules, by name."
  value       = module.rules.rule_arns
}
