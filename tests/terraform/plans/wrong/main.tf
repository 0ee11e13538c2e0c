# Every value is the opposite of what the catalogue asks for.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = ">= 6.28, < 7" }
  }
}

provider "aws" {
  region = "eu-west-2"
}

resource "aws_kms_key" "this" {
  description = "k"
}

resource "aws_s3_bucket" "this" {
  bucket = "reports"
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = false
  block_public_policy     = false
  ignore_public_acls      = false
  restrict_public_buckets = false
}

resource "aws_db_instance" "this" {
  identifier          = "orders"
  instance_class      = "db.t4g.medium"
  publicly_accessible = true
  multi_az            = false
  deletion_protection = false
}

resource "aws_sns_topic" "this" {
  name              = "orders"
  kms_master_key_id = null
}

resource "aws_lambda_function" "this" {
  function_name = "orders"
  role          = "arn:aws:iam::123456789012:role/orders"
  image_uri     = "123456789012.dkr.ecr.eu-west-2.amazonaws.com/orders:1"
  package_type  = "Image"

  tracing_config {
    mode = "PassThrough"
  }
}

resource "aws_dynamodb_table" "this" {
  name         = "orders"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  server_side_encryption {
    enabled = false
  }

  point_in_time_recovery {
    enabled = false
  }
}
