output "recorder_name" {
  description = "The recorder, once it records: recorder_name of the module rules."
  value       = aws_config_configuration_recorder_status.this.name
}

output "bucket_name" {
  description = "The bucket with the history."
  value       = aws_s3_bucket.this.bucket
}
