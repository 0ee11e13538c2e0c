"""Types of columns as earlier versions had them."""

import sqlalchemy as sa

#: Until revision 0004 SQLite kept a time as ISO 8601 text without a zone.
UTC_TEXT = sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")
