variable "catalogue_file" {
  description = "The rule catalogue; null for config/rules.yaml of this repository."
  type        = string
  default     = null
}

variable "rules" {
  description = "The rules to set up, by name; null for all in the catalogue."
  type        = set(string)
  default     = null
}

variable "parameters" {
  description = "Parameters of Config rules, by rule, over the catalogue's: { sns-encrypted-kms = { kmsKeyIds = \"…\" } }."
  type        = map(map(string))
  default     = {}
}

variable "remediation_parameters" {
  description = "Parameters of runbooks, by rule, over the catalogue's: { rds-multi-az-support = { ApplyImmediately = \"true\" } }."
  type        = map(map(string))
  default     = {}
}

variable "automatic" {
  description = "Rules that AWS Config remediates by itself, without the bot and without anybody's decision."
  type        = set(string)
  default     = []
}

variable "maximum_automatic_attempts" {
  description = "How often AWS Config tries an automatic remediation before it writes an exception."
  type        = number
  default     = 3

  validation {
    condition     = var.maximum_automatic_attempts >= 1 && var.maximum_automatic_attempts <= 25
    error_message = "Expected 1 to 25 attempts."
  }
}

variable "retry_attempt_seconds" {
  description = "Within how many seconds those attempts are counted."
  type        = number
  default     = 300

  validation {
    condition     = var.retry_attempt_seconds >= 1 && var.retry_attempt_seconds <= 2678000
    error_message = "Expected 1 to 2678000 seconds."
  }
}

variable "kms_key_arn" {
  description = "The key for topics and tables; null creates one where a chosen rule needs it. Destroying the module schedules that one for deletion, and what remediations have encrypted with it fails at once: take it out of the state first."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.kms_key_arn))
    error_message = "Expected the ARN of a key (not of an alias), or null."
  }
}

variable "create_kms_key" {
  description = "Set to false where kms_key_arn is that of a key made in the same plan, and so not known yet."
  type        = bool
  default     = true

  validation {
    condition     = var.create_kms_key ? true : var.kms_key_arn != null
    error_message = "Expected kms_key_arn where no key is to be created."
  }
}

variable "publishing_services" {
  description = "AWS services that publish to topics in this account: the created key's policy lets them use it, and EventBridge. A service left out loses its messages once a topic is encrypted."
  type        = set(string)
  default = [
    "backup.amazonaws.com", "budgets.amazonaws.com", "cloudwatch.amazonaws.com", "codestar-notifications.amazonaws.com",
    "config.amazonaws.com", "events.rds.amazonaws.com", "s3.amazonaws.com", "ses.amazonaws.com", "sns.amazonaws.com",
  ]

  validation {
    condition     = alltrue([for service in var.publishing_services : can(regex("^[a-z0-9.-]+\\.amazonaws\\.com(\\.cn)?$", service))])
    error_message = "Expected service principals like config.amazonaws.com."
  }
}

variable "scope_tag" {
  description = "Only resources with this tag are evaluated, such as { key = \"Environment\", value = \"Production\" }; null for all. Without a value any will do."
  type        = object({ key = string, value = optional(string) })
  default     = null

  validation {
    condition     = try(length(var.scope_tag.key) >= 1 && length(var.scope_tag.key) <= 128, var.scope_tag == null)
    error_message = "Expected a tag's key of 1 to 128 letters."
  }
}

variable "scope_tags" {
  description = "The same by rule, in the place of scope_tag: { rds-multi-az-support = { key = \"Environment\", value = \"Production\" } }; null for all of a rule's resources."
  type        = map(object({ key = string, value = optional(string) }))
  default     = {}

  validation {
    condition     = alltrue([for tag in values(var.scope_tags) : try(length(tag.key) >= 1 && length(tag.key) <= 128, tag == null)])
    error_message = "Expected tags' keys of 1 to 128 letters."
  }
}

variable "own_documents" {
  description = "Whether to use this project's runbooks in place of AWS's; null for where AWS's are missing: aws-cn and aws-us-gov."
  type        = bool
  default     = null
}

variable "documents_folder" {
  description = "A folder with your own SSM Automation documents, as RUNBOOK.yaml: those that a catalogue names and AWS does not have. null for none."
  type        = string
  default     = null
}

variable "recorder_name" {
  description = "The recorder that must be there before the rules: recorder_name of the module recorder. Better than depends_on, which would hide the partition until the recorder exists."
  type        = string
  default     = null
}

variable "name_prefix" {
  description = "What the names of roles, documents and the key's alias begin with."
  type        = string
  default     = "compliance"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,19}$", var.name_prefix)) && !can(regex("^(aws|amazon|amzn)", var.name_prefix))
    error_message = "Expected at most 20 lower-case letters, digits and hyphens, beginning with a letter, and not with aws, amazon or amzn, which AWS keeps for itself."
  }
}

variable "permissions_boundary" {
  description = "The ARN of the roles' permissions boundary."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags for everything that can have them."
  type        = map(string)
  default     = {}
}
