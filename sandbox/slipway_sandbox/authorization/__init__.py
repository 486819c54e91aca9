"""Whether a principal may do what it asks for, as AWS IAM decides it."""
