"""The rules, one module per AWS service."""
