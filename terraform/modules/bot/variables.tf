# --- what has to be said

variable "image" {
  description = "The bot's container image, with a tag or a digest; the tag latest is refused, since it does not say what runs."
  type        = string

  validation {
    condition = (
      can(regex("^[a-z0-9][a-z0-9.:/_-]*(:[A-Za-z0-9_][A-Za-z0-9._-]*|@sha256:[0-9a-f]{64})$", var.image))
      && !endswith(var.image, ":latest")
    )
    error_message = "Expected an image with a tag other than latest, or with a digest."
  }
}

variable "vpc_id" {
  description = "The VPC."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets in at least two zones, with a way out to Slack and AWS (a NAT gateway)."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "Expected subnets in at least two zones."
  }
}

variable "configuration" {
  description = <<-EOT
    The text of bot.yaml, rules.yaml and teams.yaml, by file name. The accounts, the role's name and the external id
    are read from bot.yaml, so that they are written once.
  EOT
  type        = map(string)

  validation {
    condition     = toset(keys(var.configuration)) == toset(["bot.yaml", "rules.yaml", "teams.yaml"])
    error_message = "Expected bot.yaml, rules.yaml and teams.yaml; the allowlist is the bot's own file."
  }

  validation {
    condition     = alltrue([for text in values(var.configuration) : can(yamldecode(text))])
    error_message = "Each file must be YAML."
  }

  validation {
    condition     = try(length(yamldecode(var.configuration["bot.yaml"]).role_name) > 0, false)
    error_message = "bot.yaml must name the role that the module access makes: role_name. The bot's own role may do nothing in AWS Config."
  }

  validation {
    condition     = try(length(yamldecode(var.configuration["bot.yaml"]).accounts) > 0, false)
    error_message = "bot.yaml must name the accounts that the bot looks after."
  }

  validation {
    condition = alltrue([
      for account in try(yamldecode(var.configuration["bot.yaml"]).accounts, []) : can(regex("^[0-9]{12}$", account.id))
    ])
    error_message = "bot.yaml must quote its account ids: YAML reads one that begins with 0 as an octal number."
  }
}

variable "queues" {
  description = "The queues to read: queue_url, queue_arn and kms_key_arn of the module delivery."
  type = list(object({
    url         = string
    arn         = string
    kms_key_arn = string
  }))
  default = []

  validation {
    condition     = length(var.queues) > 0 || (var.load_balancer != null && length(var.topic_arns) > 0)
    error_message = "The bot would hear nothing: name a queue, or topics together with a load balancer."
  }
}

# --- what may be said

variable "name_prefix" {
  description = "What every name begins with."
  type        = string
  default     = "compliance-bot"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,24}$", var.name_prefix))
    error_message = "Expected at most 25 lower-case letters, digits and hyphens, beginning with a letter: the evidence bucket's name has the account and the Region too, and 63 letters at most."
  }
}

variable "topic_arns" {
  description = "Topics whose subscriptions the bot confirms (SNS_TOPIC_ARNS): those of other accounts, or of HTTPS deliveries."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.topic_arns : can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]+$", arn))])
    error_message = "Expected ARNs of SNS topics."
  }
}

variable "organization_id" {
  description = "Lets the bot assume its role in every account of the organisation; null in the accounts of bot.yaml only."
  type        = string
  default     = null

  validation {
    condition     = var.organization_id == null || can(regex("^o-[a-z0-9]{10,32}$", var.organization_id))
    error_message = "Expected an organisation's id like o-a1b2c3d4e5."
  }
}

variable "secrets" {
  description = <<-EOT
    The secrets to make, by the environment variable that each is given as. Terraform makes them empty: their values
    are put in by hand, so that no state file has them.
  EOT
  type        = set(string)
  default     = ["SLACK_APP_TOKEN", "SLACK_BOT_TOKEN"]

  validation {
    condition = length(setsubtract(var.secrets, [
      "ALLOWLIST_GIT_TOKEN", "DATABASE_URL", "SLACK_APP_TOKEN", "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "TEAMS_CLIENT_SECRET",
    ])) == 0
    error_message = "Expected ALLOWLIST_GIT_TOKEN, DATABASE_URL, SLACK_APP_TOKEN, SLACK_BOT_TOKEN, SLACK_SIGNING_SECRET or TEAMS_CLIENT_SECRET."
  }

  validation {
    condition     = var.load_balancer != null || !contains(var.secrets, "SLACK_SIGNING_SECRET")
    error_message = "SLACK_SIGNING_SECRET is for Slack over HTTP, which needs a load balancer; Socket Mode needs SLACK_APP_TOKEN."
  }

  validation {
    condition     = var.load_balancer != null || !contains(var.secrets, "TEAMS_CLIENT_SECRET")
    error_message = "TEAMS_CLIENT_SECRET is for Microsoft Teams, which calls the bot over HTTPS at /api/messages: set load_balancer as well."
  }

  validation {
    condition     = var.database == null || !contains(var.secrets, "DATABASE_URL")
    error_message = "DATABASE_URL is for a database of your own: set database = null as well."
  }
}

variable "environment" {
  description = "More environment variables, such as TEAMS_CLIENT_ID; they take the place of the module's own."
  type        = map(string)
  default     = {}

  validation {
    condition = length(setintersection(keys(var.environment), [
      "ALLOWLIST_GIT_TOKEN", "SLACK_APP_TOKEN", "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "TEAMS_CLIENT_SECRET",
    ])) == 0
    error_message = "Name secrets in secrets: what stands here can be read in the state file and in the task's definition."
  }

  validation {
    condition = length(distinct([
      contains(keys(var.environment), "TEAMS_CLIENT_ID"),
      contains(keys(var.environment), "TEAMS_TENANT_ID"),
      contains(var.secrets, "TEAMS_CLIENT_SECRET"),
    ])) == 1
    error_message = "Microsoft Teams needs TEAMS_CLIENT_ID and TEAMS_TENANT_ID here and TEAMS_CLIENT_SECRET in secrets: all three, or none."
  }
}

variable "database" {
  description = <<-EOT
    The PostgreSQL database to make for the ledger. null makes none: the ledger is then DATABASE_URL from secrets, or
    a SQLite file, which serves one task and a trial.
  EOT
  type = object({
    instance_class      = optional(string, "db.t4g.micro")
    allocated_storage   = optional(number, 20)
    multi_az            = optional(bool, true)
    deletion_protection = optional(bool, true)
  })
  default = {}
}

variable "desired_count" {
  description = "How many tasks run; 0 while the secrets are still empty."
  type        = number
  default     = 1

  validation {
    condition     = var.desired_count >= 0 && var.desired_count == floor(var.desired_count)
    error_message = "Expected 0 or more."
  }

  validation {
    condition     = var.desired_count <= 1 || var.database != null || contains(var.secrets, "DATABASE_URL")
    error_message = "SQLite serves one task: take PostgreSQL for more."
  }
}

variable "cpu" {
  description = "CPU units of a task; 1024 are one processor."
  type        = number
  default     = 512
}

variable "memory" {
  description = "Memory of a task, in MiB."
  type        = number
  default     = 1024
}

variable "cpu_architecture" {
  description = "What the image is built for: X86_64 or ARM64."
  type        = string
  default     = "X86_64"

  validation {
    condition     = contains(["X86_64", "ARM64"], var.cpu_architecture)
    error_message = "Expected X86_64 or ARM64."
  }
}

variable "load_balancer" {
  description = <<-EOT
    An HTTPS load balancer for Slack over HTTP, SNS and Teams: only the paths that these call are let through. null
    makes none: with Socket Mode and a queue nothing listens to the internet. Slack calls from addresses that it does
    not publish, so ingress_cidrs is the whole internet there, and each request is verified by its signature.
  EOT
  type = object({
    subnet_ids          = list(string)
    certificate_arn     = string
    ingress_cidrs       = set(string)
    access_logs_bucket  = optional(string)
    web_acl_arn         = optional(string)
    deletion_protection = optional(bool, true)
  })
  default = null

  validation {
    condition = var.load_balancer == null ? true : alltrue([
      for cidr in var.load_balancer.ingress_cidrs : can(cidrhost(cidr, 0)) && !strcontains(cidr, ":")
    ])
    error_message = "Expected IPv4 address ranges like 203.0.113.0/24: the load balancer has no IPv6 address."
  }
}

variable "allowlist_url" {
  description = <<-EOT
    Where the allowlist is kept: file:/data/allowlist.yaml, git+https://HOST/REPOSITORY?branch=main&path=allowlist.yaml
    (its token is the secret ALLOWLIST_GIT_TOKEN), or s3://BUCKET/KEY. Git is recommended: people review and keep it there.
  EOT
  type        = string
  default     = "file:/data/allowlist.yaml"

  validation {
    condition     = can(regex("^(file:/data/.+|git\\+https://[^@?]+(\\?.*)?|s3://[a-z0-9.-]+/[^?]+)$", var.allowlist_url))
    error_message = "Expected file:/data/…, git+https://… without a user or a token in it, or s3://BUCKET/KEY. Only /data is kept, and the bot reaches port 443 alone."
  }
}

variable "allowlist_kms_key_arn" {
  description = "The KMS key that encrypts the allowlist in S3; null for S3's own."
  type        = string
  default     = null
}

variable "editors" {
  description = "Who may mount the file system to edit the allowlist by hand: ARNs of roles."
  type        = set(string)
  default     = []
}

variable "editor_security_group_ids" {
  description = "From where the file system may be mounted: security groups of hosts."
  type        = set(string)
  default     = []
}

variable "evidence" {
  description = <<-EOT
    The bucket for evidence packs, in which nothing can be changed or deleted for a while; null makes none. With mode
    COMPLIANCE not even the account's root user can shorten that, with GOVERNANCE people with a special permission can.
  EOT
  type = object({
    retention_days = optional(number, 400)
    mode           = optional(string, "GOVERNANCE")
  })
  default = {}

  validation {
    condition     = var.evidence == null ? true : contains(["COMPLIANCE", "GOVERNANCE"], var.evidence.mode)
    error_message = "Expected the mode COMPLIANCE or GOVERNANCE."
  }
}

variable "log_retention_days" {
  description = "How long CloudWatch keeps the bot's log."
  type        = number
  default     = 365
}

variable "alarm_actions" {
  description = "What alarms notify: ARNs in this Region."
  type        = list(string)
  default     = []
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
