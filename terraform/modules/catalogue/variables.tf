variable "catalogue_file" {
  description = "The rule catalogue: the same YAML file that the bot reads."
  type        = string
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
  description = "The rules that AWS Config remediates without asking."
  type        = set(string)
  default     = []
}

variable "scope_tag" {
  description = "Only resources with this tag are evaluated; null for all."
  type        = object({ key = string, value = optional(string) })
  default     = null
}

variable "scope_tags" {
  description = "The same by rule, in the place of scope_tag."
  type        = map(object({ key = string, value = optional(string) }))
  default     = {}
}

variable "own_documents" {
  description = "Whether to use this project's runbooks in place of AWS's, which not every partition has."
  type        = bool
  default     = false
}

variable "documents_folder" {
  description = "A folder of your own runbooks, as RUNBOOK.yaml; null for none."
  type        = string
  default     = null
}

variable "publishing_services" {
  description = "Services that may use the key to publish to encrypted topics, beside events.amazonaws.com."
  type        = set(string)
  default     = []
}

variable "name_prefix" {
  description = "What the names of roles and documents begin with."
  type        = string
}

variable "partition" {
  description = "The partition, or what stands for it in a template."
  type        = string
}

variable "region" {
  description = "The Region, or what stands for it in a template."
  type        = string
}

variable "account_id" {
  description = "The account, or what stands for it in a template."
  type        = string
}

variable "kms_key_arn" {
  description = "The key for topics and tables, or what stands for it in a template; null where no rule needs one."
  type        = string
  default     = null
}
