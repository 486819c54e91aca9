"""IAM: what is left of a principal that is gone."""
