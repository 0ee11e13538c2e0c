variable "bot_role_arn" {
  description = "The bot's own role, which may assume this one: task_role_arn of the module bot."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$", var.bot_role_arn))
    error_message = "Expected the ARN of a role."
  }
}

variable "role_name" {
  description = "The role's name, the same in every account: role_name of bot.yaml."
  type        = string
  default     = "compliance-bot"

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@_-]{1,64}$", var.role_name))
    error_message = "Expected a role's name, without a path: the bot makes the ARN from the account's id."
  }
}

variable "external_id" {
  description = "What the bot has to say to be let in: external_id of bot.yaml; null asks for nothing."
  type        = string
  default     = null

  validation {
    condition     = var.external_id == null || can(regex("^[A-Za-z0-9+=,.@:/_-]{2,}$", var.external_id))
    error_message = "Expected 2 or more letters, digits and +=,.@:/_-."
  }
}

variable "organization_id" {
  description = "The organisation that the bot must belong to; null leaves it open."
  type        = string
  default     = null

  validation {
    condition     = var.organization_id == null || can(regex("^o-[a-z0-9]{10,32}$", var.organization_id))
    error_message = "Expected an organisation's id like o-a1b2c3d4e5."
  }
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
