"""How the bot speaks and listens: one folder a chat product, and the courier."""
