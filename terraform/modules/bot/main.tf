# One service on Fargate: the bot's container, and before it one that writes the configuration.

data "aws_caller_identity" "this" {}
data "aws_partition" "this" {}
data "aws_region" "this" {}

locals {
  account   = data.aws_caller_identity.this.account_id
  domain    = data.aws_partition.this.dns_suffix
  partition = data.aws_partition.this.partition
  region    = data.aws_region.this.region
  settings  = yamldecode(var.configuration["bot.yaml"])
  sqlite    = var.database == null && !contains(var.secrets, "DATABASE_URL")
  port      = 8080

  # The bucket and the key of an allowlist in S3: none, or one pair.
  allowlist_in_s3 = try([regex("^s3://([^/]+)/(.+)$", var.allowlist_url)], [])

  environment = merge(
    {
      ALLOWLIST_URL     = var.allowlist_url
      AWS_REGION        = local.region
      COMPLIANCE_CONFIG = "/etc/compliance-bot"
      HTTP_HOST         = var.load_balancer == null ? "127.0.0.1" : "0.0.0.0"
      HTTP_PORT         = tostring(local.port)
      QUEUE_URLS        = join(",", [for queue in var.queues : queue.url])
      SNS_TOPIC_ARNS    = join(",", sort(var.topic_arns))
      TMPDIR            = "/data"
    },
    local.sqlite ? { DATABASE_URL = "sqlite:////data/ledger.db" } : {},
    { for database in aws_db_instance.this : "DATABASE_URL" => "postgresql+psycopg://${database.username}@${database.endpoint}/${database.db_name}?sslmode=require" },
    var.environment,
  )

  secrets = merge(
    { for name, secret in aws_secretsmanager_secret.this : name => secret.arn },
    { for arn in local.database_secret_arns : "PGPASSWORD" => "${arn}:password::" },
  )

  container = {
    image                  = var.image
    readonlyRootFilesystem = true
    linuxParameters        = { capabilities = { drop = ["ALL"] } }
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this.name
        awslogs-region        = local.region
        awslogs-stream-prefix = "bot"
      }
    }
  }
}

resource "aws_ecs_cluster" "this" {
  name = var.name_prefix
  tags = var.tags

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/ecs/${var.name_prefix}"
  retention_in_days = var.log_retention_days
  kms_key_id        = aws_kms_key.this.arn
  tags              = var.tags
}

resource "aws_secretsmanager_secret" "this" {
  #checkov:skip=CKV2_AWS_57:a token of Slack or Teams cannot renew itself
  for_each = var.secrets

  name        = "${var.name_prefix}/${each.key}"
  description = "The compliance bot's ${each.key}. Terraform never sees its value."
  kms_key_id  = aws_kms_key.this.arn
  tags        = var.tags
}

resource "aws_ecs_task_definition" "this" {
  family                   = var.name_prefix
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn
  tags                     = var.tags

  runtime_platform {
    cpu_architecture        = var.cpu_architecture
    operating_system_family = "LINUX"
  }

  # Fargate gives this empty folder to root, so the container that fills it is root; the bot is not.
  volume {
    name = "configuration"
  }

  volume {
    name = "data"

    efs_volume_configuration {
      file_system_id     = aws_efs_file_system.this.id
      transit_encryption = "ENABLED"

      authorization_config {
        access_point_id = aws_efs_access_point.this.id
        iam             = "ENABLED"
      }
    }
  }

  container_definitions = jsonencode([
    merge(local.container, {
      name       = "configuration"
      essential  = false
      user       = "0"
      entryPoint = ["python", "-c"]
      command    = [file("${path.module}/configure.py")]
      environment = [
        { name = "CONFIGURATION", value = base64gzip(jsonencode(var.configuration)) },
      ]
      mountPoints = [
        { sourceVolume = "configuration", containerPath = "/etc/compliance-bot", readOnly = false },
        { sourceVolume = "data", containerPath = "/data", readOnly = false },
      ]
    }),
    merge(local.container, {
      name        = "bot"
      essential   = true
      command     = ["run"]
      stopTimeout = 30
      environment = [for name, value in local.environment : { name = name, value = value }]
      secrets     = [for name, arn in local.secrets : { name = name, valueFrom = arn }]
      dependsOn   = [{ containerName = "configuration", condition = "SUCCESS" }]
      mountPoints = [
        { sourceVolume = "configuration", containerPath = "/etc/compliance-bot", readOnly = true },
        { sourceVolume = "data", containerPath = "/data", readOnly = false },
      ]
      portMappings = var.load_balancer == null ? [] : [{ containerPort = local.port, protocol = "tcp" }]
      healthCheck = {
        command     = ["CMD", "python", "-c", file("${path.module}/healthy.py")]
        interval    = 60
        retries     = 5
        startPeriod = 120
        timeout     = 10
      }
    }),
  ])
}

resource "aws_ecs_service" "this" {
  name                   = var.name_prefix
  cluster                = aws_ecs_cluster.this.arn
  task_definition        = aws_ecs_task_definition.this.arn
  desired_count          = var.desired_count
  launch_type            = "FARGATE"
  enable_execute_command = false
  propagate_tags         = "SERVICE"
  tags                   = var.tags

  # With SQLite the old task has to end before the new one may begin.
  deployment_minimum_healthy_percent = local.sqlite ? 0 : 100
  deployment_maximum_percent         = local.sqlite ? 100 : 200

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = var.subnet_ids
    security_groups  = [aws_security_group.task.id]
    assign_public_ip = false
  }

  dynamic "load_balancer" {
    for_each = aws_lb_target_group.this

    content {
      target_group_arn = load_balancer.value.arn
      container_name   = "bot"
      container_port   = local.port
    }
  }

  depends_on = [
    aws_efs_file_system_policy.this,
    aws_efs_mount_target.this,
    aws_iam_role_policy.execution,
    aws_iam_role_policy.task,
    aws_lb_listener_rule.this,
  ]
}
