variable "event_bus_arn" {
  description = "Where AWS Config's events go: event_bus_arn of the module delivery."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:events:[a-z0-9-]+:[0-9]{12}:event-bus/.+$", var.event_bus_arn))
    error_message = "Expected the ARN of an event bus."
  }
}

variable "regions" {
  description = "The Regions in which AWS Config records; none means the provider's own."
  type        = set(string)
  default     = []
}

variable "message_types" {
  description = "The kinds of AWS Config's messages to forward, by their names in notifications."
  type        = set(string)
  default     = ["ComplianceChangeNotification", "ConfigurationItemChangeNotification"]

  validation {
    condition = length(var.message_types) > 0 && length(setsubtract(var.message_types, [
      "ComplianceChangeNotification", "ConfigurationItemChangeNotification",
    ])) == 0
    error_message = "The bot reads ComplianceChangeNotification and ConfigurationItemChangeNotification only."
  }
}

variable "name_prefix" {
  description = "What every name begins with."
  type        = string
  default     = "compliance-bot"
}

variable "permissions_boundary" {
  description = "The ARN of the role's permissions boundary."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags for everything that can have them."
  type        = map(string)
  default     = {}
}
