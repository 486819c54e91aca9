"""EC2 instances, how they are launched, and their volumes."""
