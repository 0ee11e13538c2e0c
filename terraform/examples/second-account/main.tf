# Another account: its recorder, rules and remediations, and the role that the bot assumes in it.

module "access" {
  source = "../../modules/access"
  count  = var.further_region ? 0 : 1

  bot_role_arn = var.bot_role_arn
  role_name    = var.role_name
  external_id  = var.external_id
}

module "recorder" {
  source = "../../modules/recorder"
  count  = var.recorder ? 1 : 0

  topic_arn = var.topic_arn
}

module "forwarding" {
  source = "../../modules/delivery/forwarding"
  count  = var.event_bus_arn == null ? 0 : 1

  event_bus_arn = var.event_bus_arn
}

module "rules" {
  source = "../../modules/rules"

  catalogue_file = var.catalogue_file
  recorder_name  = one(module.recorder[*].recorder_name)
  scope_tag      = var.scope_tag
}
