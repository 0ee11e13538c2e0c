# Who may talk to whom. Nothing can reach the bot but its load balancer, where it has one.

resource "aws_security_group" "task" {
  name        = "${var.name_prefix}-task"
  description = "The compliance bot"
  vpc_id      = var.vpc_id
  tags        = merge(var.tags, { Name = "${var.name_prefix}-task" })
}

resource "aws_vpc_security_group_egress_rule" "https" {
  security_group_id = aws_security_group.task.id
  description       = "Slack, Teams and AWS"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "files" {
  security_group_id            = aws_security_group.task.id
  description                  = "The file system"
  referenced_security_group_id = aws_security_group.files.id
  ip_protocol                  = "tcp"
  from_port                    = 2049
  to_port                      = 2049
}

resource "aws_security_group" "files" {
  name        = "${var.name_prefix}-files"
  description = "The file system of the compliance bot"
  vpc_id      = var.vpc_id
  tags        = merge(var.tags, { Name = "${var.name_prefix}-files" })
}

resource "aws_vpc_security_group_ingress_rule" "files" {
  for_each = merge({ task = aws_security_group.task.id }, { for id in var.editor_security_group_ids : id => id })

  security_group_id            = aws_security_group.files.id
  description                  = each.key == "task" ? "The bot" : "A host from which the allowlist is edited"
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = 2049
  to_port                      = 2049
}

resource "aws_security_group" "database" {
  for_each = local.database

  name        = "${var.name_prefix}-${each.key}"
  description = "The database of the compliance bot"
  vpc_id      = var.vpc_id
  tags        = merge(var.tags, { Name = "${var.name_prefix}-${each.key}" })
}

resource "aws_vpc_security_group_ingress_rule" "database" {
  for_each = local.database

  security_group_id            = aws_security_group.database[each.key].id
  description                  = "The bot"
  referenced_security_group_id = aws_security_group.task.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_vpc_security_group_egress_rule" "database" {
  for_each = var.database != null || contains(var.secrets, "DATABASE_URL") ? toset(["postgresql"]) : []

  security_group_id            = aws_security_group.task.id
  description                  = "PostgreSQL"
  referenced_security_group_id = one([for group in aws_security_group.database : group.id])
  cidr_ipv4                    = var.database == null ? "0.0.0.0/0" : null
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}
