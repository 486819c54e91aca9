"""EC2 instances, launch templates and volumes."""
