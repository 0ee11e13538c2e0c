output "role_arn" {
  description = "The role's ARN."
  value       = aws_iam_role.this.arn
}

output "role_name" {
  description = "The role's name: role_name of bot.yaml."
  value       = aws_iam_role.this.name
}
