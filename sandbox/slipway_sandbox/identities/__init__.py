"""Who calls the sandbox's AWS, and what the sandbox answers to a caller who may not."""
