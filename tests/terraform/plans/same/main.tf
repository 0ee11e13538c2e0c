# A key and a role that are made in the same plan, so that it does not know their ARNs yet.

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
  region = "eu-west-2"
}

resource "aws_kms_key" "this" {
  description         = "Topics and tables."
  enable_key_rotation = true
}

resource "aws_iam_role" "this" {
  name = "recorder"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "config.amazonaws.com" } }]
  })
}

module "rules" {
  source = "../../../../terraform/modules/rules"

  create_kms_key = false
  kms_key_arn    = aws_kms_key.this.arn
  parameters     = { sns-encrypted-kms = { kmsKeyIds = aws_kms_key.this.arn } }
}

module "recorder" {
  source = "../../../../terraform/modules/recorder"

  create_role        = false
  role_arn           = aws_iam_role.this.arn
  bucket_kms_key_arn = aws_kms_key.this.arn
}
