organizational_unit_ids = { production = ["ou-ab12-cd34ef56"], development = ["ou-ab12-cd34ef57"] }
regions                 = ["eu-west-1", "eu-west-2"]
bot_role_arn            = "arn:aws:iam::999900001111:role/compliance-bot-task"
own_documents           = true
scope_tag               = { key = "Environment", value = "Production" }
recorder                = { frequency = "DAILY" }
topic_arns = {
  eu-west-1 = "arn:aws:sns:eu-west-1:999900001111:compliance-bot-config"
  eu-west-2 = "arn:aws:sns:eu-west-2:999900001111:compliance-bot-config"
}
