"""What makes the sandbox live: containers and ports for what moto only notes down."""
