"""Operator commands on a stack's outputs: `slipway`."""
