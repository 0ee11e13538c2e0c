organizational_unit_ids = { production = ["ou-ab12-cd34ef56"], development = ["ou-ab12-cd34ef57"] }
regions                 = ["eu-west-1", "eu-west-2"]
bot_role_arn            = "arn:aws:iam::999900001111:role/compliance-bot-task"
automatic               = ["dynamodb-pitr-enabled"]
event_bus_arn           = "arn:aws:events:eu-west-2:999900001111:event-bus/compliance-bot"
external_id             = "compliance"
organization_id         = "o-a1b2c3d4e5"
permissions_boundary    = "boundary"
