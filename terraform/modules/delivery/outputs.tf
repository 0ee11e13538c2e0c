output "queue_url" {
  description = "What the bot reads: QUEUE_URLS."
  value       = aws_sqs_queue.this.url
}

output "queue_arn" {
  description = "The queue's ARN."
  value       = aws_sqs_queue.this.arn
}

output "dead_letter_queue_arn" {
  description = "Where messages go that cannot be understood."
  value       = aws_sqs_queue.dead_letter[local.home].arn
}

output "topic_arn" {
  description = "The topic for AWS Config's delivery channel in this Region; null where changes come another way."
  value       = one([for region, topic in aws_sns_topic.this : topic.arn if region == local.home])
}

output "topic_arns" {
  description = "The topic for AWS Config's delivery channel in each Region, by Region."
  value       = { for region, topic in aws_sns_topic.this : region => topic.arn }
}

output "event_bus_arn" {
  description = "Where other accounts forward AWS Config's events to; null without eventbridge."
  value       = one(aws_cloudwatch_event_bus.this[*].arn)
}

output "kms_key_arn" {
  description = "The key that encrypts the queue."
  value       = aws_kms_key.this[local.home].arn
}

output "topics_to_confirm" {
  description = "Existing topics of other accounts: their owners subscribe the queue, and the bot confirms (SNS_TOPIC_ARNS)."
  value       = setsubtract(var.existing_topic_arns, local.existing_here)
}
