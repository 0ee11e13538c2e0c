bot_role_arn = "arn:aws:iam::999988887777:role/compliance-bot-task"
