"""What AWS measures by itself, reported to the sandbox's CloudWatch each minute."""
