"""Operator commands on a stack's outputs: `python -m ops`."""
