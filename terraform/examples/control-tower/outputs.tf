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

output "topic_arns" {
  description = "Control Tower's topics that the queue is subscribed to, by Region."
  value       = local.topic_arns
}

output "stack_set_ids" {
  description = "The StackSets that set the accounts up."
  value       = module.organisation.stack_set_ids
}

output "templates" {
  description = "Their templates."
  value       = module.organisation.templates
}
