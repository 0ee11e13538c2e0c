output "event_pattern" {
  description = "The events that are forwarded, as an EventBridge pattern."
  value       = local.event_pattern
}

output "role_arn" {
  description = "The role that puts the events on the bus."
  value       = aws_iam_role.this.arn
}
