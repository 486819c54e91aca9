"""STS: who calls, and sessions of roles."""
