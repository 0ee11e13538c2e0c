image      = "999988887777.dkr.ecr.eu-west-2.amazonaws.com/compliance-bot:1.0.0"
vpc_id     = "vpc-0a1b2c3d4e5f60718"
subnet_ids = ["subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"]

management_role_arn     = "arn:aws:iam::210987654321:role/compliance-stacksets"
organization_id         = "o-a1b2c3d4e5"
organizational_unit_ids = { production = ["ou-ab12-cd34ef56"], development = ["ou-ab12-ffffffff"] }
regions                 = ["eu-west-1", "eu-west-2"]
audit_account_id        = "555566667777"
audit_role_arn          = "arn:aws:iam::555566667777:role/compliance-subscriber"
