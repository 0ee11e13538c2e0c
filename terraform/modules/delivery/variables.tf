variable "name_prefix" {
  description = "What every name begins with."
  type        = string
  default     = "compliance-bot"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.name_prefix))
    error_message = "Expected at most 32 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "source_of_changes" {
  description = <<-EOT
    Where compliance changes come from. config: AWS Config's delivery channels publish to a topic of this module.
    eventbridge: rules forward AWS Config's events to an event bus of this module. existing: topics that are there
    already, such as Control Tower's. One of them only: two would bring every change twice.
  EOT
  type        = string
  default     = "config"

  validation {
    condition     = contains(["config", "eventbridge", "existing"], var.source_of_changes)
    error_message = "Expected config, eventbridge or existing."
  }
}

variable "regions" {
  description = <<-EOT
    The Regions in which AWS Config records; none means the provider's own. AWS Config publishes in its own Region
    only, so config makes a topic in each, and eventbridge a rule; all of them feed the one queue.
  EOT
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for region in var.regions : can(regex("^[a-z]{2}(-[a-z]+){1,3}-[0-9]{1,2}$", region))])
    error_message = "Expected Regions like eu-west-2."
  }
}

variable "accounts" {
  description = "Other accounts whose AWS Config may publish, by id, where organization_id is null."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for account in var.accounts : can(regex("^[0-9]{12}$", account))])
    error_message = "Expected account ids of 12 digits."
  }

  validation {
    condition     = var.organization_id == null ? true : length(var.accounts) == 0
    error_message = "With organization_id all of the organisation's accounts may publish, and no others: expected one of the two."
  }
}

variable "organization_id" {
  description = "The organisation all of whose accounts may publish; null leaves it at this account and accounts."
  type        = string
  default     = null

  validation {
    condition     = var.organization_id == null || can(regex("^o-[a-z0-9]{10,32}$", var.organization_id))
    error_message = "Expected an organisation's id like o-a1b2c3d4e5."
  }
}

variable "existing_topic_arns" {
  description = <<-EOT
    With existing: the topics to hear. Those of this account are subscribed here; the owner of any other subscribes
    the queue there, and the bot confirms it.
  EOT
  type        = set(string)
  default     = []

  validation {
    condition = alltrue([
      for arn in var.existing_topic_arns : can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", arn))
    ])
    error_message = "Expected ARNs of SNS topics."
  }

  validation {
    condition     = (var.source_of_changes == "existing") == (length(var.existing_topic_arns) > 0)
    error_message = "Topics are named with source_of_changes = existing, and only then."
  }
}

variable "message_types" {
  description = <<-EOT
    The kinds of AWS Config's messages that reach the queue. Configuration items have tags, names and
    deletions: without them a team cannot own findings by tag.
  EOT
  type        = set(string)
  default     = ["ComplianceChangeNotification", "ConfigurationItemChangeNotification"]

  validation {
    condition     = contains(var.message_types, "ComplianceChangeNotification")
    error_message = "ComplianceChangeNotification is what the bot lives on: it cannot be left out."
  }

  validation {
    condition = length(setsubtract(var.message_types, [
      "ComplianceChangeNotification", "ConfigurationItemChangeNotification",
    ])) == 0
    error_message = "The bot reads ComplianceChangeNotification and ConfigurationItemChangeNotification only."
  }
}

variable "visibility_seconds" {
  description = "How long a message that was received is hidden: intake.visibility_seconds of bot.yaml."
  type        = number
  default     = 60

  validation {
    condition     = var.visibility_seconds >= 1 && var.visibility_seconds <= 43200
    error_message = "Expected 1 to 43200 seconds."
  }
}

variable "max_receive_count" {
  description = "How often a message is received before it goes to the dead-letter queue."
  type        = number
  default     = 5

  validation {
    condition     = var.max_receive_count >= 2 && var.max_receive_count <= 100
    error_message = "Expected 2 to 100; with 1 a single crash would cost a change."
  }
}

variable "oldest_message_seconds" {
  description = "How old the oldest message may be before an alarm says that nobody reads the queue."
  type        = number
  default     = 900

  validation {
    condition     = var.oldest_message_seconds >= 60
    error_message = "Expected at least 60 seconds."
  }
}

variable "alarm_actions" {
  description = "What alarms notify (ARNs); each serves the alarms of its own Region."
  type        = list(string)
  default     = []
}

variable "permissions_boundary" {
  description = "The ARN of the permissions boundary of the role that eventbridge makes."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags for everything that can have them."
  type        = map(string)
  default     = {}
}
