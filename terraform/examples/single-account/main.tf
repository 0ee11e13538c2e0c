# One account: AWS Config's recorder, rules and remediations, and the bot that brings them to Slack.

locals {
  config_folder = coalesce(var.config_folder, "${path.module}/../../../config")
  configuration = {
    for name in ["bot.yaml", "rules.yaml", "teams.yaml"] : name => file("${local.config_folder}/${name}")
  }
  settings = yamldecode(local.configuration["bot.yaml"])
}

module "delivery" {
  source = "../../modules/delivery"

  accounts          = var.accounts
  alarm_actions     = var.alarm_actions
  regions           = var.regions
  source_of_changes = var.source_of_changes
}

module "recorder" {
  source = "../../modules/recorder"
  count  = var.recorder ? 1 : 0

  topic_arn = module.delivery.topic_arn
}

module "rules" {
  source = "../../modules/rules"

  catalogue_file = "${local.config_folder}/rules.yaml"
  recorder_name  = one(module.recorder[*].recorder_name)
  scope_tag      = var.scope_tag
}

module "access" {
  source = "../../modules/access"

  bot_role_arn = module.bot.task_role_arn
  role_name    = local.settings.role_name
  external_id  = try(coalesce(local.settings.external_id), null)
}

module "bot" {
  source = "../../modules/bot"

  image         = var.image
  vpc_id        = var.vpc_id
  subnet_ids    = var.subnet_ids
  configuration = local.configuration
  desired_count = var.desired_count
  alarm_actions = var.alarm_actions

  queues = [{
    url         = module.delivery.queue_url
    arn         = module.delivery.queue_arn
    kms_key_arn = module.delivery.kms_key_arn
  }]
}
