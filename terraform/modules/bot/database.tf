# The ledger's database. RDS keeps and rotates the password; the container is given it as PGPASSWORD.

locals {
  database             = { for name in ["ledger"] : name => var.database if var.database != null }
  database_secret_arns = flatten([for database in aws_db_instance.this : database.master_user_secret[*].secret_arn])
}

resource "aws_db_subnet_group" "this" {
  for_each = local.database

  name       = "${var.name_prefix}-${each.key}"
  subnet_ids = var.subnet_ids
  tags       = var.tags
}

resource "aws_db_parameter_group" "this" {
  for_each = local.database

  name   = "${var.name_prefix}-${each.key}"
  family = "postgres17"
  tags   = var.tags

  parameter {
    name  = "log_min_duration_statement"
    value = "1000"
  }

  parameter {
    name  = "log_statement"
    value = "ddl"
  }

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }
}

resource "aws_db_instance" "this" {
  #checkov:skip=CKV_AWS_118:the bot asks a few queries a second; CloudWatch's own figures are enough
  #checkov:skip=CKV_AWS_353:the bot asks a few queries a second; slow ones are in the log
  #checkov:skip=CKV_AWS_157:two zones are the default; checkov cannot read the default of an object
  #checkov:skip=CKV_AWS_293:protection is the default; checkov cannot read the default of an object
  #checkov:skip=CKV_AWS_161:the bot signs in with a password that RDS rotates
  for_each = local.database

  identifier     = "${var.name_prefix}-${each.key}"
  instance_class = each.value.instance_class
  tags           = var.tags

  engine                     = "postgres"
  engine_version             = "17"
  auto_minor_version_upgrade = true
  parameter_group_name       = aws_db_parameter_group.this[each.key].name

  db_name                       = "compliance"
  username                      = "compliance"
  manage_master_user_password   = true
  master_user_secret_kms_key_id = aws_kms_key.this.arn

  storage_type          = "gp3"
  allocated_storage     = each.value.allocated_storage
  max_allocated_storage = 10 * each.value.allocated_storage
  storage_encrypted     = true
  kms_key_id            = aws_kms_key.this.arn

  db_subnet_group_name   = aws_db_subnet_group.this[each.key].name
  vpc_security_group_ids = [aws_security_group.database[each.key].id]
  publicly_accessible    = false

  multi_az                        = each.value.multi_az
  deletion_protection             = each.value.deletion_protection
  backup_retention_period         = 35
  copy_tags_to_snapshot           = true
  skip_final_snapshot             = false
  final_snapshot_identifier       = "${var.name_prefix}-${each.key}-final"
  enabled_cloudwatch_logs_exports = ["postgresql", "upgrade"]
}
