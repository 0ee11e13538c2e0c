variable "organizational_unit_ids" {
  description = "The organisational units of each environment: { production = [\"ou-…\"], development = [\"ou-…\"] }."
  type        = map(set(string))

  validation {
    condition = alltrue([
      for id in flatten([for ids in var.organizational_unit_ids : tolist(ids)]) :
      can(regex("^(ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}|r-[a-z0-9]{4,32})$", id))
    ])
    error_message = "Expected ids of organisational units like ou-ab12-cd34ef56, or of the root."
  }
}

variable "accounts" {
  description = "For an environment whose organisational units have other accounts too: only these accounts of them."
  type        = map(set(string))
  default     = {}

  validation {
    condition = alltrue([
      for id in flatten([for ids in var.accounts : tolist(ids)]) : can(regex("^[0-9]{12}$", id))
    ])
    error_message = "Expected account ids of 12 digits."
  }

  validation {
    condition     = length(setsubtract(keys(var.accounts), keys(var.organizational_unit_ids))) == 0
    error_message = "Expected environments that organizational_unit_ids names."
  }
}

variable "environments" {
  description = "The environments that get rules; the others of organizational_unit_ids get none."
  type        = set(string)
  default     = ["production"]

  validation {
    condition     = length(var.environments) > 0 && length(setsubtract(var.environments, keys(var.organizational_unit_ids))) == 0
    error_message = "Expected environments that organizational_unit_ids names, at least one."
  }
}

variable "regions" {
  description = "The Regions that get rules."
  type        = set(string)

  validation {
    condition = length(var.regions) > 0 && alltrue([
      for region in var.regions : can(regex("^[a-z]{2,4}(-[a-z]+){1,3}-[0-9]{1,2}$", region))
    ])
    error_message = "Expected Regions like eu-west-2, at least one."
  }
}

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
  description = "Parameters of Config rules, by rule, over the catalogue's."
  type        = map(map(string))
  default     = {}
}

variable "remediation_parameters" {
  description = "Parameters of runbooks, by rule, over the catalogue's."
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

variable "publishing_services" {
  description = "AWS services that may use each account's key to publish to encrypted topics, beside EventBridge."
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
  description = "Only resources with this tag are evaluated; null for all. Without a value any will do."
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

variable "recorder" {
  description = "Set to {} to give every account a recorder, with the module recorder's meanings; null where accounts have one, as under Control Tower."
  type = object({
    resource_types = optional(set(string), [
      "AWS::DynamoDB::Table", "AWS::Lambda::Function", "AWS::RDS::DBInstance", "AWS::S3::Bucket", "AWS::SNS::Topic",
    ])
    frequency      = optional(string, "CONTINUOUS")
    retention_days = optional(number, 365)
  })
  default = null

  validation {
    condition     = try(contains(["CONTINUOUS", "DAILY"], var.recorder.frequency), var.recorder == null)
    error_message = "Expected the frequency CONTINUOUS or DAILY."
  }

  validation {
    condition = try(length(var.recorder.resource_types) > 0 && alltrue([
      for type in var.recorder.resource_types : can(regex("^AWS::\\w+::\\w+$", type))
    ]), var.recorder == null)
    error_message = "Expected types like AWS::S3::Bucket, at least one."
  }

  validation {
    condition     = try(var.recorder.retention_days >= 1, var.recorder == null)
    error_message = "Expected at least one day."
  }
}

variable "topic_arns" {
  description = "With a recorder: the topic for its notifications in each Region, by Region: topic_arns of the module delivery."
  type        = map(string)
  default     = {}

  validation {
    condition = alltrue([
      for arn in values(var.topic_arns) : can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", arn))
    ])
    error_message = "Expected ARNs of SNS topics."
  }

  validation {
    condition     = length(var.topic_arns) == 0 || (var.recorder != null && length(setsubtract(var.regions, keys(var.topic_arns))) == 0)
    error_message = "Topics belong to a recorder's delivery channel, and AWS Config publishes in its own Region only: expected a recorder, and a topic for each of the regions."
  }
}

variable "event_bus_arn" {
  description = "Where each account forwards AWS Config's events to: event_bus_arn of the module delivery; null where a topic hears of them already."
  type        = string
  default     = null

  validation {
    condition     = var.event_bus_arn == null || can(regex("^arn:aws[a-z-]*:events:[a-z0-9-]+:[0-9]{12}:event-bus/.+$", var.event_bus_arn))
    error_message = "Expected the ARN of an event bus, or null."
  }

  validation {
    condition     = var.event_bus_arn == null || length(var.topic_arns) == 0
    error_message = "Topics and an event bus together would bring every change twice: expected one of them."
  }
}

variable "forward_events" {
  description = "Whether to forward events; set to true where event_bus_arn is that of a bus made in the same plan, and so not known yet."
  type        = bool
  default     = null
}

variable "bot_role_arn" {
  description = "The bot's own role, which may assume the role in each account: task_role_arn of the module bot."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$", var.bot_role_arn))
    error_message = "Expected the ARN of a role."
  }
}

variable "role_name" {
  description = "The role in each account, the same everywhere: role_name of bot.yaml."
  type        = string
  default     = "compliance-bot"

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@_-]{1,64}$", var.role_name))
    error_message = "Expected a role's name, without a path."
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

variable "delegated_administrator" {
  description = "Whether this is applied in the delegated administrator's account of CloudFormation StackSets, and not in the management account."
  type        = bool
  default     = false
}

variable "name_prefix" {
  description = "What every name begins with."
  type        = string
  default     = "compliance"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,19}$", var.name_prefix)) && !can(regex("^(aws|amazon|amzn)", var.name_prefix))
    error_message = "Expected at most 20 lower-case letters, digits and hyphens, beginning with a letter, and not with aws, amazon or amzn, which AWS keeps for itself."
  }
}

variable "permissions_boundary" {
  description = "The name of a policy, in every account, that is the boundary of every role."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags for the StackSets and so for everything they make."
  type        = map(string)
  default     = {}
}
