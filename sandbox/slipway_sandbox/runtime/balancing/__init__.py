"""Load balancers as ports on loopback."""
