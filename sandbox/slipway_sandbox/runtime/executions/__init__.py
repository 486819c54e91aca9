"""Step Functions: goes through the states of every execution."""
