# What the policy forbids, all of it: terraform/check.py makes sure that the features fail on this.

terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.28, < 7"
    }
  }
}

provider "aws" {
  region = "eu-west-2"
}

resource "aws_sqs_queue" "this" {
  name = "bad"
}

resource "aws_sqs_queue" "dead_letter" {
  name                      = "bad-dead-letter"
  message_retention_seconds = 3600
}

resource "aws_sns_topic" "this" {
  name = "bad"
}

resource "aws_sns_topic_subscription" "this" {
  topic_arn = aws_sns_topic.this.arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.this.arn
}

resource "aws_efs_file_system" "this" {
  encrypted = false
}

resource "aws_db_instance" "this" {
  identifier          = "bad"
  instance_class      = "db.t4g.micro"
  engine              = "postgres"
  storage_encrypted   = false
  publicly_accessible = true
}

resource "aws_secretsmanager_secret" "this" {
  name = "bad"
}

resource "aws_cloudwatch_log_group" "this" {
  name = "bad"
}

resource "aws_s3_bucket" "this" {
  bucket = "bad"
}

resource "aws_kms_key" "this" {
  description         = "bad"
  enable_key_rotation = false
}

resource "aws_ecs_task_definition" "this" {
  family                = "bad"
  container_definitions = jsonencode([{ name = "bad", image = "bad", essential = true }])

  volume {
    name = "data"

    efs_volume_configuration {
      file_system_id     = aws_efs_file_system.this.id
      transit_encryption = "DISABLED"
    }
  }
}

resource "aws_ecs_service" "this" {
  name            = "bad"
  task_definition = aws_ecs_task_definition.this.arn
  launch_type     = "FARGATE"

  network_configuration {
    subnets          = ["subnet-0a1b2c3d4e5f60718"]
    assign_public_ip = true
  }
}

resource "aws_security_group" "this" {
  name        = "bad"
  description = "Bad"

  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_vpc_security_group_ingress_rule" "ipv4" {
  security_group_id = aws_security_group.this.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_ingress_rule" "ipv6" {
  security_group_id = aws_security_group.this.id
  cidr_ipv6         = "::/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_security_group_rule" "this" {
  security_group_id = aws_security_group.this.id
  type              = "ingress"
  cidr_blocks       = ["10.0.0.0/8", "0.0.0.0/0"]
  ipv6_cidr_blocks  = ["::/0"]
  protocol          = "tcp"
  from_port         = 443
  to_port           = 443
}

locals {
  too_much = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["sqs:*"], Resource = "*", Principal = "*" }]
  })
}

resource "aws_iam_role" "this" {
  name = "bad"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:*", Principal = { AWS = "*" } }]
  })
}

resource "aws_iam_role_policy" "this" {
  name   = "bad"
  role   = aws_iam_role.this.name
  policy = local.too_much
}

resource "aws_iam_policy" "this" {
  name   = "bad"
  policy = local.too_much
}

resource "aws_sns_topic_policy" "this" {
  arn    = aws_sns_topic.this.arn
  policy = local.too_much
}

resource "aws_sqs_queue_policy" "this" {
  queue_url = aws_sqs_queue.this.url
  policy    = local.too_much
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.bucket
  policy = local.too_much
}

resource "aws_cloudwatch_event_bus" "this" {
  name = "bad"
}

resource "aws_cloudwatch_event_bus_policy" "this" {
  event_bus_name = aws_cloudwatch_event_bus.this.name
  policy         = local.too_much
}

resource "aws_iam_role_policy_attachment" "this" {
  role       = aws_iam_role.this.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
