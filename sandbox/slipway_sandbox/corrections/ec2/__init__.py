"""EC2: images, endpoints, addresses, and what ends with its holder."""
