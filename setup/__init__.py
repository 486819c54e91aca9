"""Gets a machine ready for Slipway and runs the two commands, `make up` and `make test`; standard library only."""
