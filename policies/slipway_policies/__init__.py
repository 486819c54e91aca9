"""Slipway's policy pack: rules for any Pulumi AWS program, started by the engine through `__main__.py`."""
