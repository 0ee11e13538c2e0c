terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.28, < 7"
    }
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = { Project = "compliance-bot", terraform-managed = "true" }
  }
}
