# The key, the file system for what the bot writes, and the bucket for evidence.

data "aws_iam_policy_document" "key" {
  #checkov:skip=CKV_AWS_111:a key policy's "*" is the key itself
  #checkov:skip=CKV_AWS_356:a key policy's "*" is the key itself
  #checkov:skip=CKV_AWS_109:the account must keep the administration of its own key
  statement {
    sid       = "AccountAdministers"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account}:root"]
    }
  }

  statement {
    sid       = "LogsEncrypt"
    actions   = ["kms:Decrypt*", "kms:Describe*", "kms:Encrypt*", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["logs.${local.region}.${local.domain}"]
    }

    condition {
      test     = "ArnEquals"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values   = ["arn:${local.partition}:logs:${local.region}:${local.account}:log-group:/ecs/${var.name_prefix}"]
    }
  }
}

resource "aws_kms_key" "this" {
  description         = "The compliance bot: secrets, ledger, files, log and evidence."
  enable_key_rotation = true
  policy              = data.aws_iam_policy_document.key.json
  tags                = var.tags
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.name_prefix}"
  target_key_id = aws_kms_key.this.key_id
}

# --- /data: the allowlist, and the ledger where it is SQLite

resource "aws_efs_file_system" "this" {
  encrypted       = true
  kms_key_id      = aws_kms_key.this.arn
  throughput_mode = "elastic"
  tags            = merge(var.tags, { Name = var.name_prefix })
}

resource "aws_efs_backup_policy" "this" {
  file_system_id = aws_efs_file_system.this.id

  backup_policy {
    status = "ENABLED"
  }
}

resource "aws_efs_mount_target" "this" {
  for_each = { for number, subnet in var.subnet_ids : tostring(number) => subnet }

  file_system_id  = aws_efs_file_system.this.id
  subnet_id       = each.value
  security_groups = [aws_security_group.files.id]
}

# Every client that comes through it is this user, so neither the image's user nor an editor's matters.
resource "aws_efs_access_point" "this" {
  file_system_id = aws_efs_file_system.this.id
  tags           = merge(var.tags, { Name = var.name_prefix })

  posix_user {
    uid = 10001
    gid = 10001
  }

  root_directory {
    path = "/compliance-bot"

    creation_info {
      owner_uid   = 10001
      owner_gid   = 10001
      permissions = "0750"
    }
  }
}

data "aws_iam_policy_document" "files" {
  statement {
    sid       = "MountByAccessPoint"
    actions   = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
    resources = [aws_efs_file_system.this.arn]

    principals {
      type        = "AWS"
      identifiers = concat([aws_iam_role.task.arn], sort(var.editors))
    }

    condition {
      test     = "StringEquals"
      variable = "elasticfilesystem:AccessPointArn"
      values   = [aws_efs_access_point.this.arn]
    }
  }

  statement {
    sid       = "OnlyEncryptedConnections"
    effect    = "Deny"
    actions   = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
    resources = [aws_efs_file_system.this.arn]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_efs_file_system_policy" "this" {
  file_system_id = aws_efs_file_system.this.id
  policy         = data.aws_iam_policy_document.files.json
}

# --- evidence

locals {
  evidence = { for name in ["evidence"] : name => var.evidence if var.evidence != null }
}

resource "aws_s3_bucket" "evidence" {
  #checkov:skip=CKV_AWS_18:each read and write of evidence is in CloudTrail, where it is switched on for data
  #checkov:skip=CKV_AWS_144:a pack can be exported again from the ledger
  #checkov:skip=CKV2_AWS_62:nothing waits for a pack
  for_each = local.evidence

  bucket              = "${var.name_prefix}-evidence-${local.account}-${local.region}"
  object_lock_enabled = true
  tags                = var.tags
}

resource "aws_s3_bucket_versioning" "evidence" {
  for_each = local.evidence

  bucket = aws_s3_bucket.evidence[each.key].id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_object_lock_configuration" "evidence" {
  for_each = local.evidence

  bucket = aws_s3_bucket_versioning.evidence[each.key].bucket

  rule {
    default_retention {
      mode = each.value.mode
      days = each.value.retention_days
    }
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "evidence" {
  for_each = local.evidence

  bucket = aws_s3_bucket.evidence[each.key].id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.this.arn
    }
  }
}

resource "aws_s3_bucket_public_access_block" "evidence" {
  for_each = local.evidence

  bucket                  = aws_s3_bucket.evidence[each.key].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "evidence" {
  for_each = local.evidence

  bucket = aws_s3_bucket.evidence[each.key].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "evidence" {
  for_each = local.evidence

  bucket = aws_s3_bucket.evidence[each.key].id

  rule {
    id     = "unfinished-uploads"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}

data "aws_iam_policy_document" "evidence" {
  for_each = local.evidence

  statement {
    sid       = "OnlyEncryptedConnections"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.evidence[each.key].arn, "${aws_s3_bucket.evidence[each.key].arn}/*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "evidence" {
  for_each = local.evidence

  bucket = aws_s3_bucket.evidence[each.key].id
  policy = data.aws_iam_policy_document.evidence[each.key].json

  depends_on = [aws_s3_bucket_public_access_block.evidence]
}
