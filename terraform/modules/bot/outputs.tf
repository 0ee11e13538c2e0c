output "task_role_arn" {
  description = "The bot's own role: bot_role_arn of the module access."
  value       = aws_iam_role.task.arn
}

output "cluster_name" {
  description = "The ECS cluster."
  value       = aws_ecs_cluster.this.name
}

output "service_name" {
  description = "The ECS service."
  value       = aws_ecs_service.this.name
}

output "log_group_name" {
  description = "Where the bot's log is."
  value       = aws_cloudwatch_log_group.this.name
}

output "secret_names" {
  description = "The secrets whose values are to be put in, by environment variable."
  value       = { for name, secret in aws_secretsmanager_secret.this : name => secret.name }
}

output "run" {
  description = "The command that runs the bot once: put check, sweep or digest in the place of COMMAND."
  value = join(" ", [
    "aws ecs run-task --region ${local.region} --launch-type FARGATE",
    "--cluster ${aws_ecs_cluster.this.name} --task-definition ${aws_ecs_task_definition.this.family}",
    "--network-configuration 'awsvpcConfiguration={subnets=[${join(",", var.subnet_ids)}],securityGroups=[${aws_security_group.task.id}]}'",
    "--overrides '{\"containerOverrides\":[{\"name\":\"bot\",\"command\":[\"COMMAND\"]}]}'",
    "--query 'tasks[0].taskArn' --output text",
  ])
}

output "file_system_id" {
  description = "The file system with the allowlist."
  value       = aws_efs_file_system.this.id
}

output "access_point_id" {
  description = "The access point by which it is mounted."
  value       = aws_efs_access_point.this.id
}

output "evidence_bucket_name" {
  description = "The bucket for evidence packs; null without one."
  value       = one([for bucket in aws_s3_bucket.evidence : bucket.bucket])
}

output "load_balancer_dns_name" {
  description = "What the public name has to point to; null without a load balancer."
  value       = one([for balancer in aws_lb.this : balancer.dns_name])
}
