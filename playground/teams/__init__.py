"""A local Microsoft Teams: one tenant and its Bot Framework connector, with a page for people."""
