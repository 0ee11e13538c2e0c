"""The embedded default: what the bot talks to, small, local and real enough to be believed."""
