variable "region" {
  description = "The bot's Region."
  type        = string
  default     = "eu-west-2"
}

variable "regions" {
  description = "The Regions that are looked after."
  type        = set(string)
  default     = ["eu-west-2"]
}

variable "management_role_arn" {
  description = "The role to take in the account that may make StackSets for the organisation."
  type        = string
}

variable "delegated_administrator" {
  description = "Whether that account is a delegated administrator; false for the management account."
  type        = bool
  default     = false
}

variable "organization_id" {
  description = "The organisation's id."
  type        = string
}

variable "organizational_unit_ids" {
  description = "The organisational units of each environment, such as { production = [\"ou-ab12-cd34ef56\"] }."
  type        = map(set(string))
}

variable "environments" {
  description = "The environments that get rules."
  type        = set(string)
  default     = ["production"]
}

variable "image" {
  description = "The bot's container image."
  type        = string
}

variable "vpc_id" {
  description = "The VPC in the bot's account."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets in at least two zones, with a way out to the internet."
  type        = list(string)
}

variable "config_folder" {
  description = "The folder with your bot.yaml, rules.yaml and teams.yaml; null for config/ of this repository."
  type        = string
  default     = null
}

variable "desired_count" {
  description = "0 until the secrets have their values and the check is passed; then 1."
  type        = number
  default     = 0
}

variable "alarm_actions" {
  description = "What alarms notify (ARNs)."
  type        = list(string)
  default     = []
}
