"""Alembic migrations of the ledger, run at start by ledger.database."""
