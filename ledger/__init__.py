"""The ledger: what the bot knows and did, in one database; it alone applies a finding's moves."""
