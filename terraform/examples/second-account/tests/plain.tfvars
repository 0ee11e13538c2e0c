bot_role_arn = "arn:aws:iam::999988887777:role/compliance-bot-task"
topic_arn    = "arn:aws:sns:eu-west-2:999988887777:compliance-bot-config"
