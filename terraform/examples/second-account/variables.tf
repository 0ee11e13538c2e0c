variable "region" {
  description = "The Region that is looked after; apply once more for each further one."
  type        = string
  default     = "eu-west-2"
}

variable "further_region" {
  description = "true for each further Region of the account: the bot's role serves all of them."
  type        = bool
  default     = false
}

variable "bot_role_arn" {
  description = "The bot's own role: output bot_role_arn of the bot's account."
  type        = string
}

variable "role_name" {
  description = "role_name of bot.yaml."
  type        = string
  default     = "compliance-bot"
}

variable "external_id" {
  description = "external_id of bot.yaml; null where that is empty."
  type        = string
  default     = null
}

variable "topic_arn" {
  description = "The bot's topic in this Region: output topic_arn of the bot's account."
  type        = string
  default     = null

  validation {
    condition     = (var.topic_arn == null) != (var.event_bus_arn == null)
    error_message = "Name topic_arn or event_bus_arn, whichever the bot's account has: both would bring every change twice."
  }
}

variable "event_bus_arn" {
  description = "The bot's event bus, where changes come by EventBridge: output event_bus_arn of the bot's account."
  type        = string
  default     = null
}

variable "recorder" {
  description = "Whether to set up AWS Config's recorder; false where the account records already."
  type        = bool
  default     = true

  validation {
    condition     = var.recorder || var.event_bus_arn != null
    error_message = "Without a recorder of its own the account's changes can come by EventBridge only: name event_bus_arn."
  }
}

variable "catalogue_file" {
  description = "Your rules.yaml; null for config/rules.yaml of this repository."
  type        = string
  default     = null
}

variable "scope_tag" {
  description = "Limits the rules to resources with this tag, such as { key = \"Environment\", value = \"production\" }."
  type        = object({ key = string, value = optional(string) })
  default     = null
}
