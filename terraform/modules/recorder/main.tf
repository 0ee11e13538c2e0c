# AWS Config's recorder in one account and Region: one is all that AWS allows, so an account that
# has one, such as every account under AWS Control Tower, keeps its own.

data "aws_caller_identity" "this" {}
data "aws_partition" "this" {}
data "aws_region" "this" {}

# Both are in every account that Control Tower governs, and in no other.
data "aws_iam_roles" "control_tower" {
  name_regex = local.control_tower_roles
}

locals {
  account   = data.aws_caller_identity.this.account_id
  partition = data.aws_partition.this.partition
  region    = data.aws_region.this.region

  control_tower_roles = "^(AWSControlTowerExecution|aws-controltower-ConfigRecorderRole)$"
  control_tower = coalesce(var.control_tower, anytrue([
    for name in data.aws_iam_roles.control_tower.names : can(regex(local.control_tower_roles, name))
  ]))

  create_role = var.create_role ? var.role_arn == null : false
  role_arn    = local.create_role ? one(aws_iam_role.this[*].arn) : var.role_arn

  # AWS Config refuses to record this one daily:
  # https://docs.aws.amazon.com/config/latest/APIReference/API_RecordingMode.html
  always_continuous = "AWS::Config::ResourceCompliance"

  bucket_name = "${var.name_prefix}-config-${local.account}-${local.region}"
  bucket_arn  = "arn:${local.partition}:s3:::${local.bucket_name}"
}

resource "aws_config_configuration_recorder" "this" {
  #checkov:skip=CKV2_AWS_48:only what the rules look at is recorded, for every record is paid for
  name     = var.name_prefix
  role_arn = local.role_arn

  recording_group {
    all_supported                 = false
    include_global_resource_types = false
    resource_types                = var.resource_types

    recording_strategy {
      use_only = "INCLUSION_BY_RESOURCE_TYPES"
    }
  }

  recording_mode {
    recording_frequency = var.frequency

    dynamic "recording_mode_override" {
      for_each = var.frequency == "DAILY" && contains(var.resource_types, local.always_continuous) ? [1] : []

      content {
        description         = "Cannot be recorded daily."
        resource_types      = [local.always_continuous]
        recording_frequency = "CONTINUOUS"
      }
    }
  }

  lifecycle {
    precondition {
      condition     = !local.control_tower
      error_message = "AWS Control Tower governs this account and already runs AWS Config's recorder in it; AWS allows no second one. Leave this module out and let the module delivery listen to Control Tower's topic (source_of_changes = \"existing\") or to EventBridge. If the account has left Control Tower, set control_tower = false."
    }
  }
}

resource "aws_config_delivery_channel" "this" {
  name           = var.name_prefix
  s3_bucket_name = aws_s3_bucket.this.bucket
  s3_kms_key_arn = var.bucket_kms_key_arn
  sns_topic_arn  = var.topic_arn

  # AWS Config tries the bucket when the channel is made.
  depends_on = [aws_config_configuration_recorder.this, aws_iam_role_policy.this, aws_s3_bucket_policy.this]
}

resource "aws_config_configuration_recorder_status" "this" {
  #checkov:skip=CKV2_AWS_45:only what the rules look at is recorded, for every record is paid for
  name       = aws_config_configuration_recorder.this.name
  is_enabled = true

  depends_on = [aws_config_delivery_channel.this]
}

# --- the role that reads what is recorded

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["config.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

resource "aws_iam_role" "this" {
  count = local.create_role ? 1 : 0

  name                 = "${var.name_prefix}-recorder-${local.region}"
  description          = "Reads what AWS Config records, and delivers it."
  assume_role_policy   = data.aws_iam_policy_document.assume.json
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

resource "aws_iam_role_policy_attachment" "this" {
  count = local.create_role ? 1 : 0

  role       = aws_iam_role.this[0].name
  policy_arn = "arn:${local.partition}:iam::aws:policy/service-role/AWS_ConfigRole"
}

data "aws_iam_policy_document" "deliver" {
  statement {
    sid       = "FindBucket"
    actions   = ["s3:GetBucketAcl", "s3:ListBucket"]
    resources = [local.bucket_arn]
  }

  statement {
    sid       = "Deliver"
    actions   = ["s3:PutObject"]
    resources = ["${local.bucket_arn}/AWSLogs/${local.account}/Config/*"]

    condition {
      test     = "StringEquals"
      variable = "s3:x-amz-acl"
      values   = ["bucket-owner-full-control"]
    }
  }

  # https://docs.aws.amazon.com/config/latest/developerguide/s3-kms-key-policy.html
  dynamic "statement" {
    for_each = var.bucket_kms_key_arn == null ? [] : [var.bucket_kms_key_arn]

    content {
      sid       = "Encrypt"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [statement.value]
    }
  }
}

resource "aws_iam_role_policy" "this" {
  count = local.create_role ? 1 : 0

  name   = "deliver"
  role   = aws_iam_role.this[0].name
  policy = data.aws_iam_policy_document.deliver.json
}

# --- the bucket for the history

resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18:AWS Config alone writes here, and CloudTrail shows who reads
  #checkov:skip=CKV_AWS_144:AWS Config keeps the history itself; this is its copy
  #checkov:skip=CKV_AWS_145:a key of one's own is a choice: bucket_kms_key_arn
  #checkov:skip=CKV2_AWS_62:nothing waits for these files
  bucket = local.bucket_name
  tags   = var.tags
}

resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = aws_s3_bucket.this.bucket

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.this.bucket

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.bucket

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.bucket

  rule {
    bucket_key_enabled = var.bucket_kms_key_arn != null

    apply_server_side_encryption_by_default {
      sse_algorithm     = var.bucket_kms_key_arn == null ? "AES256" : "aws:kms"
      kms_master_key_id = var.bucket_kms_key_arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.bucket

  rule {
    id     = "retention"
    status = "Enabled"

    filter {}

    expiration {
      days = var.retention_days
    }

    noncurrent_version_expiration {
      noncurrent_days = 30
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  depends_on = [aws_s3_bucket_versioning.this]
}

# https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-policy.html
data "aws_iam_policy_document" "bucket" {
  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [local.bucket_arn, "${local.bucket_arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }

  statement {
    sid       = "ConfigFindsBucket"
    actions   = ["s3:GetBucketAcl", "s3:ListBucket"]
    resources = [local.bucket_arn]

    principals {
      type        = "Service"
      identifiers = ["config.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }

  statement {
    sid       = "ConfigDelivers"
    actions   = ["s3:PutObject"]
    resources = ["${local.bucket_arn}/AWSLogs/${local.account}/Config/*"]

    principals {
      type        = "Service"
      identifiers = ["config.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }

    condition {
      test     = "StringEquals"
      variable = "s3:x-amz-acl"
      values   = ["bucket-owner-full-control"]
    }
  }
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.bucket
  policy = data.aws_iam_policy_document.bucket.json

  depends_on = [aws_s3_bucket_public_access_block.this]
}
