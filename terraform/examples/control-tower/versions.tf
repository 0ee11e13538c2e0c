terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.28, < 7"
    }
  }
}

# The bot's account.
provider "aws" {
  region = var.region

  default_tags {
    tags = { Project = "compliance-bot", terraform-managed = "true" }
  }
}

# The account that may make StackSets: the management account, or a delegated administrator.
provider "aws" {
  alias  = "management"
  region = var.region

  assume_role {
    role_arn = var.management_role_arn
  }

  default_tags {
    tags = { Project = "compliance-bot", terraform-managed = "true" }
  }
}

# Control Tower's audit account, which owns the topic.
provider "aws" {
  alias  = "audit"
  region = var.region

  assume_role {
    role_arn = var.audit_role_arn
  }
}
