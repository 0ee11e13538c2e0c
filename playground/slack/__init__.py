"""A local Slack: one workspace, strict as Slack is, with a page for the people in it."""
