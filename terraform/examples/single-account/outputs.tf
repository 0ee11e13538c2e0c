output "secret_names" {
  description = "The secrets whose values are to be put in, by environment variable."
  value       = module.bot.secret_names
}

output "run" {
  description = "The command that runs the bot once: put check, sweep or digest in the place of COMMAND."
  value       = module.bot.run
}

output "log_group_name" {
  description = "Where the bot's log is."
  value       = module.bot.log_group_name
}

output "service" {
  description = "The bot's cluster and service in ECS."
  value       = { cluster = module.bot.cluster_name, service = module.bot.service_name }
}

output "bot_role_arn" {
  description = "For other accounts: bot_role_arn."
  value       = module.bot.task_role_arn
}

output "topic_arn" {
  description = "For other accounts: topic_arn; null with eventbridge."
  value       = module.delivery.topic_arn
}

output "topic_arns" {
  description = "The same for each of regions, by Region."
  value       = module.delivery.topic_arns
}

output "event_bus_arn" {
  description = "For other accounts with eventbridge: event_bus_arn; null with config."
  value       = module.delivery.event_bus_arn
}

output "dead_letter_queue_arn" {
  description = "Where messages go that cannot be understood."
  value       = module.delivery.dead_letter_queue_arn
}

output "rule_arns" {
  description = "The Config rules, by name."
  value       = module.rules.rule_arns
}

output "files" {
  description = "What to mount to edit the allowlist by hand."
  value       = { file_system_id = module.bot.file_system_id, access_point_id = module.bot.access_point_id }
}
