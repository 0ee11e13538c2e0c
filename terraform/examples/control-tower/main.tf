# An organisation under AWS Control Tower, which already records every account and publishes to a topic
# in its audit account: the bot's queue is subscribed there, and the accounts get rules and the role.

locals {
  config_folder = coalesce(var.config_folder, "${path.module}/../../../config")
  configuration = {
    for name in ["bot.yaml", "rules.yaml", "teams.yaml"] : name => file("${local.config_folder}/${name}")
  }
  settings = yamldecode(local.configuration["bot.yaml"])
  topic_arns = {
    for region in var.regions :
    region => "arn:${data.aws_partition.this.partition}:sns:${region}:${var.audit_account_id}:${var.topic_name}"
  }
}

data "aws_partition" "this" {}

module "delivery" {
  source = "../../modules/delivery"

  source_of_changes   = "existing"
  existing_topic_arns = values(local.topic_arns)
  alarm_actions       = var.alarm_actions
}

# The topic's owner subscribes the queue; SNS asks the queue, and the bot confirms. What cannot be
# delivered has no dead-letter queue: it would have to be in the audit account. The nightly sweep
# finds what is lost.
resource "aws_sns_topic_subscription" "control_tower" {
  provider = aws.audit
  for_each = local.topic_arns
  region   = each.key

  topic_arn           = each.value
  protocol            = "sqs"
  endpoint            = module.delivery.queue_arn
  filter_policy_scope = "MessageBody"

  # The topic carries CloudTrail's messages as well.
  filter_policy = jsonencode({
    messageType = ["ComplianceChangeNotification", "ConfigurationItemChangeNotification"]
  })
}

module "bot" {
  source = "../../modules/bot"

  image           = var.image
  vpc_id          = var.vpc_id
  subnet_ids      = var.subnet_ids
  configuration   = local.configuration
  organization_id = var.organization_id
  desired_count   = var.desired_count
  alarm_actions   = var.alarm_actions
  topic_arns      = module.delivery.topics_to_confirm

  queues = [{
    url         = module.delivery.queue_url
    arn         = module.delivery.queue_arn
    kms_key_arn = module.delivery.kms_key_arn
  }]
}

module "organisation" {
  source    = "../../modules/organisation"
  providers = { aws = aws.management }

  organizational_unit_ids = var.organizational_unit_ids
  environments            = var.environments
  regions                 = var.regions
  delegated_administrator = var.delegated_administrator
  catalogue_file          = "${local.config_folder}/rules.yaml"

  bot_role_arn    = module.bot.task_role_arn
  role_name       = local.settings.role_name
  external_id     = try(coalesce(local.settings.external_id), null)
  organization_id = var.organization_id
}
