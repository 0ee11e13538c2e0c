# Optional: HTTPS for Slack over HTTP, SNS and Teams. Only the paths that they call are let through,
# so that health and metrics stay inside.

locals {
  load_balancer = { for name in ["https"] : name => var.load_balancer if var.load_balancer != null }
}

resource "aws_security_group" "load_balancer" {
  for_each = local.load_balancer

  name        = "${var.name_prefix}-load-balancer"
  description = "The load balancer of the compliance bot"
  vpc_id      = var.vpc_id
  tags        = merge(var.tags, { Name = "${var.name_prefix}-load-balancer" })
}

resource "aws_vpc_security_group_ingress_rule" "load_balancer" {
  for_each = toset(try(var.load_balancer.ingress_cidrs, []))

  security_group_id = aws_security_group.load_balancer["https"].id
  description       = "Slack, SNS and Teams"
  cidr_ipv4         = each.key
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "load_balancer" {
  for_each = local.load_balancer

  security_group_id            = aws_security_group.load_balancer[each.key].id
  description                  = "The bot"
  referenced_security_group_id = aws_security_group.task.id
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
}

resource "aws_vpc_security_group_ingress_rule" "task" {
  for_each = local.load_balancer

  security_group_id            = aws_security_group.task.id
  description                  = "The load balancer"
  referenced_security_group_id = aws_security_group.load_balancer[each.key].id
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
}

resource "aws_lb" "this" {
  #checkov:skip=CKV_AWS_91:access logs go to access_logs_bucket, which is given where logs are wanted
  #checkov:skip=CKV2_AWS_76:the bot is Python and has no Log4j
  #checkov:skip=CKV_AWS_150:protection is the default; checkov cannot read the default of an object
  #checkov:skip=CKV2_AWS_28:each request is verified by its signature; web_acl_arn adds a firewall
  for_each = local.load_balancer

  name                       = var.name_prefix
  load_balancer_type         = "application"
  internal                   = false
  subnets                    = each.value.subnet_ids
  security_groups            = [aws_security_group.load_balancer[each.key].id]
  drop_invalid_header_fields = true
  enable_deletion_protection = each.value.deletion_protection
  tags                       = var.tags

  dynamic "access_logs" {
    for_each = each.value.access_logs_bucket == null ? [] : [each.value.access_logs_bucket]

    content {
      enabled = true
      bucket  = access_logs.value
    }
  }
}

resource "aws_wafv2_web_acl_association" "this" {
  for_each = { for name, each in local.load_balancer : name => each if each.web_acl_arn != null }

  resource_arn = aws_lb.this[each.key].arn
  web_acl_arn  = each.value.web_acl_arn
}

resource "aws_lb_target_group" "this" {
  #checkov:skip=CKV_AWS_378:TLS ends at the load balancer; behind it only its security group reaches the bot
  for_each = local.load_balancer

  name                 = var.name_prefix
  vpc_id               = var.vpc_id
  target_type          = "ip"
  port                 = local.port
  protocol             = "HTTP"
  deregistration_delay = 30
  tags                 = var.tags

  health_check {
    path    = "/healthz"
    matcher = "200"
  }
}

resource "aws_lb_listener" "this" {
  for_each = local.load_balancer

  load_balancer_arn = aws_lb.this[each.key].arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = each.value.certificate_arn
  tags              = var.tags

  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      message_body = "Nothing here."
      status_code  = "404"
    }
  }
}

resource "aws_lb_listener_rule" "this" {
  for_each = local.load_balancer

  listener_arn = aws_lb_listener.this[each.key].arn
  priority     = 10
  tags         = var.tags

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this[each.key].arn
  }

  condition {
    path_pattern {
      values = ["/api/messages", "/slack/events", "/sns"]
    }
  }
}
