# An organisation: every account of the chosen environments gets the same rules, remediations, recorder
# and role by StackSets, new accounts too; all of them publish to one bot.

locals {
  config_folder = coalesce(var.config_folder, "${path.module}/../../../config")
  configuration = {
    for name in ["bot.yaml", "rules.yaml", "teams.yaml"] : name => file("${local.config_folder}/${name}")
  }
  settings = yamldecode(local.configuration["bot.yaml"])
}

module "delivery" {
  source = "../../modules/delivery"

  organization_id = var.organization_id
  regions         = var.regions
  alarm_actions   = var.alarm_actions
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

  recorder   = {}
  topic_arns = module.delivery.topic_arns
}
