organizational_unit_ids = { production = ["ou-ab12-cd34ef56"], development = ["ou-ab12-cd34ef57"] }
regions                 = ["eu-west-1", "eu-west-2"]
bot_role_arn            = "arn:aws:iam::999900001111:role/compliance-bot-task"
