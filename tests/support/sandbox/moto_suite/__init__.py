"""Moto's own tests, run with the sandbox's corrections and without them."""
