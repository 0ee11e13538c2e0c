image      = "999988887777.dkr.ecr.eu-west-2.amazonaws.com/compliance-bot:1.0.0"
vpc_id     = "vpc-0a1b2c3d4e5f60718"
subnet_ids = ["subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"]

configuration = {
  "bot.yaml"   = "{accounts: [{id: \"111122223333\", name: housing, regions: [eu-west-2]}], role_name: compliance-bot}"
  "rules.yaml" = "rules: {}"
  "teams.yaml" = "teams: []"
}

queues = [{
  url         = "https://sqs.eu-west-2.amazonaws.com/123456789012/changes"
  arn         = "arn:aws:sqs:eu-west-2:123456789012:changes"
  kms_key_arn = "arn:aws:kms:eu-west-2:123456789012:key/11111111-2222-3333-4444-555555555555"
}]
