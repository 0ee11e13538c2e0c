# Nothing that the catalogue asks for; a database is private unless it says otherwise.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = ">= 6.28, < 7" }
  }
}

provider "aws" {
  region = "eu-west-2"
}

resource "aws_s3_bucket" "this" {
  bucket = "reports"
}

resource "aws_db_instance" "this" {
  identifier     = "orders"
  instance_class = "db.t4g.medium"
}

resource "aws_sns_topic" "this" {
  name = "orders"
}

resource "aws_lambda_function" "this" {
  function_name = "orders"
  role          = "arn:aws:iam::123456789012:role/orders"
  image_uri     = "123456789012.dkr.ecr.eu-west-2.amazonaws.com/orders:1"
  package_type  = "Image"
}

resource "aws_dynamodb_table" "this" {
  name         = "orders"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }
}
