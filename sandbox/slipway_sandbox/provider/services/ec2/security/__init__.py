"""Security groups, their rules, and key pairs."""
