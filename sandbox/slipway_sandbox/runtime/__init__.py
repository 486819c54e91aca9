"""Makes the sandbox live: containers and ports, where moto only takes notes."""
