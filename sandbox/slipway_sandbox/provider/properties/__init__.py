"""Names of Pulumi properties, what the SDK says of them, and the members of AWS calls they stand for."""
