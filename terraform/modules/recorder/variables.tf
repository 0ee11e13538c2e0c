variable "resource_types" {
  description = "What is recorded, and so paid for: by default what the catalogue's rules look at."
  type        = set(string)
  default = [
    "AWS::DynamoDB::Table", "AWS::Lambda::Function", "AWS::RDS::DBInstance", "AWS::S3::Bucket", "AWS::SNS::Topic",
  ]

  validation {
    condition = length(var.resource_types) > 0 && alltrue([
      for type in var.resource_types : can(regex("^AWS::\\w+::\\w+$", type))
    ])
    error_message = "Expected types like AWS::S3::Bucket, at least one."
  }
}

variable "frequency" {
  description = "CONTINUOUS, or DAILY: then a fix is confirmed up to a day later, and each record costs four times as much."
  type        = string
  default     = "CONTINUOUS"

  validation {
    condition     = contains(["CONTINUOUS", "DAILY"], var.frequency)
    error_message = "Expected CONTINUOUS or DAILY."
  }
}

variable "topic_arn" {
  description = "The SNS topic, in this Region, for AWS Config's notifications: topic_arns of the module delivery; null for none."
  type        = string
  default     = null

  validation {
    condition     = var.topic_arn == null || can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.topic_arn))
    error_message = "Expected the ARN of an SNS topic, or null."
  }
}

variable "control_tower" {
  description = "Whether AWS Control Tower governs this account and so records here already; null finds out by Control Tower's roles."
  type        = bool
  default     = null
}

variable "role_arn" {
  description = "The role that records, such as AWS Config's service-linked one; null makes a role."
  type        = string
  default     = null

  validation {
    condition     = var.role_arn == null || can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$", var.role_arn))
    error_message = "Expected the ARN of a role, or null."
  }
}

variable "create_role" {
  description = "Set to false where role_arn is that of a role made in the same plan, and so not known yet."
  type        = bool
  default     = true

  validation {
    condition     = var.create_role ? true : var.role_arn != null
    error_message = "Expected role_arn where no role is to be created."
  }
}

variable "bucket_kms_key_arn" {
  description = "The key that encrypts the bucket; its policy must let config.amazonaws.com use it. Null for S3's own key."
  type        = string
  default     = null
}

variable "retention_days" {
  description = "After how many days the history in the bucket is deleted; AWS Config keeps its own for seven years."
  type        = number
  default     = 365

  validation {
    condition     = var.retention_days >= 1
    error_message = "Expected at least one day."
  }
}

variable "name_prefix" {
  description = "What every name begins with."
  type        = string
  default     = "compliance"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,19}$", var.name_prefix))
    error_message = "Expected at most 20 lower-case letters, digits and hyphens, beginning with a letter."
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
