"""Slack: cards and answers as Block Kit, and what people press, submit and type."""
