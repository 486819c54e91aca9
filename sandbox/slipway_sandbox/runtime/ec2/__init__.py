"""EC2 instances as containers with sshd."""
