"""Microsoft Teams: cards and answers as Adaptive Cards, and what people press and type."""
