# The module recorder, as CloudFormation. AWS creates the recorder and its delivery channel together:
# neither may wait for the other.

locals {
  recorder_bucket     = "${var.name_prefix}-config-$${AWS::AccountId}-$${AWS::Region}"
  recorder_bucket_arn = "arn:$${AWS::Partition}:s3:::${local.recorder_bucket}"
  recorder_objects    = "${local.recorder_bucket_arn}/AWSLogs/$${AWS::AccountId}/Config/*"
  from_this_account   = { StringEquals = { "aws:SourceAccount" = "$${AWS::AccountId}" } }
  daily_compliance    = try(var.recorder.frequency == "DAILY" && contains(var.recorder.resource_types, "AWS::Config::ResourceCompliance"), false)

  recorder = {
    for id, resource in {
      Recorder = {
        Type = "AWS::Config::ConfigurationRecorder"
        Properties = {
          Name    = var.name_prefix
          RoleARN = { "Fn::GetAtt" = ["RecorderRole", "Arn"] }
          RecordingGroup = {
            AllSupported               = false
            IncludeGlobalResourceTypes = false
            ResourceTypes              = try(sort(var.recorder.resource_types), [])
            RecordingStrategy          = { UseOnly = "INCLUSION_BY_RESOURCE_TYPES" }
          }
          RecordingMode = {
            for key, value in {
              RecordingFrequency = try(var.recorder.frequency, "CONTINUOUS")
              RecordingModeOverrides = local.daily_compliance ? [{
                Description        = "Cannot be recorded daily."
                ResourceTypes      = ["AWS::Config::ResourceCompliance"]
                RecordingFrequency = "CONTINUOUS"
              }] : null
            } : key => value if value != null
          }
        }
      }

      DeliveryChannel = {
        Type      = "AWS::Config::DeliveryChannel"
        DependsOn = ["BucketPolicy"]
        Properties = {
          for key, value in {
            Name         = var.name_prefix
            S3BucketName = { Ref = "Bucket" }
            SnsTopicARN  = length(var.topic_arns) > 0 ? { "Fn::FindInMap" = ["Topics", { Ref = "AWS::Region" }, "Arn"] } : null
          } : key => value if value != null
        }
      }

      RecorderRole = {
        Type = "AWS::IAM::Role"
        Properties = merge(local.boundary, {
          RoleName    = "${var.name_prefix}-recorder-$${AWS::Region}"
          Description = "Reads what AWS Config records, and delivers it."
          AssumeRolePolicyDocument = {
            Version = "2012-10-17"
            Statement = [{
              Effect    = "Allow"
              Action    = "sts:AssumeRole"
              Principal = { Service = "config.amazonaws.com" }
              Condition = local.from_this_account
            }]
          }
          ManagedPolicyArns = ["arn:$${AWS::Partition}:iam::aws:policy/service-role/AWS_ConfigRole"]
          Policies = [{
            PolicyName = "deliver"
            PolicyDocument = {
              Version = "2012-10-17"
              Statement = [
                {
                  Sid      = "FindBucket"
                  Effect   = "Allow"
                  Action   = ["s3:ListBucket", "s3:GetBucketAcl"]
                  Resource = local.recorder_bucket_arn
                },
                {
                  Sid       = "Deliver"
                  Effect    = "Allow"
                  Action    = "s3:PutObject"
                  Resource  = local.recorder_objects
                  Condition = { StringEquals = { "s3:x-amz-acl" = "bucket-owner-full-control" } }
                },
              ]
            }
          }]
        })
      }

      # The history outlives the stack; deleting a bucket that holds something fails anyway. One that a
      # failed stack made would stand in the way of the next, by its name.
      Bucket = {
        Type                = "AWS::S3::Bucket"
        DeletionPolicy      = "RetainExceptOnCreate"
        UpdateReplacePolicy = "Retain"
        Properties = {
          BucketName              = local.recorder_bucket
          OwnershipControls       = { Rules = [{ ObjectOwnership = "BucketOwnerEnforced" }] }
          VersioningConfiguration = { Status = "Enabled" }
          BucketEncryption = {
            ServerSideEncryptionConfiguration = [{ ServerSideEncryptionByDefault = { SSEAlgorithm = "AES256" } }]
          }
          PublicAccessBlockConfiguration = {
            BlockPublicAcls       = true
            BlockPublicPolicy     = true
            IgnorePublicAcls      = true
            RestrictPublicBuckets = true
          }
          LifecycleConfiguration = {
            Rules = [{
              Id                             = "retention"
              Status                         = "Enabled"
              ExpirationInDays               = try(var.recorder.retention_days, 365)
              NoncurrentVersionExpiration    = { NoncurrentDays = 30 }
              AbortIncompleteMultipartUpload = { DaysAfterInitiation = 7 }
            }]
          }
        }
      }

      BucketPolicy = {
        Type = "AWS::S3::BucketPolicy"
        Properties = {
          Bucket = { Ref = "Bucket" }
          PolicyDocument = {
            Version = "2012-10-17"
            Statement = [
              {
                Sid       = "TlsOnly"
                Effect    = "Deny"
                Action    = "s3:*"
                Resource  = [local.recorder_bucket_arn, "${local.recorder_bucket_arn}/*"]
                Principal = "*"
                Condition = { Bool = { "aws:SecureTransport" = "false" } }
              },
              {
                Sid       = "ConfigFindsBucket"
                Effect    = "Allow"
                Action    = ["s3:ListBucket", "s3:GetBucketAcl"]
                Resource  = local.recorder_bucket_arn
                Principal = { Service = "config.amazonaws.com" }
                Condition = local.from_this_account
              },
              {
                Sid       = "ConfigDelivers"
                Effect    = "Allow"
                Action    = "s3:PutObject"
                Resource  = local.recorder_objects
                Principal = { Service = "config.amazonaws.com" }
                Condition = {
                  StringEquals = merge(local.from_this_account.StringEquals, { "s3:x-amz-acl" = "bucket-owner-full-control" })
                }
              },
            ]
          }
        }
      }
    } : id => resource if local.has_recorder
  }
}
