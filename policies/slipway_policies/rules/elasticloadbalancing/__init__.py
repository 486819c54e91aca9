"""Rules for Elastic Load Balancing."""
