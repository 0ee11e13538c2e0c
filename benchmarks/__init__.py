"""What the bot costs, measured beside something that anybody can judge it by."""
