"""A local Slack workspace: strict where Slack is strict, and nothing leaves the machine."""
