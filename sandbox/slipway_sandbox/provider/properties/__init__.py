"""Names and types of Pulumi properties, and the matching members of AWS calls."""
