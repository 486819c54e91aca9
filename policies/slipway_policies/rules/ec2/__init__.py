"""Rules for EC2 instances and launch templates."""
