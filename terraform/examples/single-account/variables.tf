variable "region" {
  description = "The Region of the bot and of what it looks after."
  type        = string
  default     = "eu-west-2"
}

variable "image" {
  description = "The bot's container image."
  type        = string
}

variable "vpc_id" {
  description = "The VPC."
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

variable "recorder" {
  description = "Whether to set up AWS Config's recorder; false where the account records already (allowed is one)."
  type        = bool
  default     = true
}

variable "source_of_changes" {
  description = "config, or eventbridge where the account has a recorder whose delivery channel is not yours."
  type        = string
  default     = "config"
}

variable "accounts" {
  description = "Other accounts whose AWS Config publishes here: see the example second-account."
  type        = set(string)
  default     = []
}

variable "regions" {
  description = "The Regions in which AWS Config records, here and in other accounts; none means region."
  type        = set(string)
  default     = []
}

variable "scope_tag" {
  description = "Limits the rules to resources with this tag, such as { key = \"Environment\", value = \"production\" }."
  type        = object({ key = string, value = optional(string) })
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
