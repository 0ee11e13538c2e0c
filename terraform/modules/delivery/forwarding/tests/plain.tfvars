event_bus_arn = "arn:aws:events:eu-west-2:999988887777:event-bus/compliance-bot-config"
