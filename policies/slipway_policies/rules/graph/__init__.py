"""Rules over the whole stack: which resource feeds which property of another."""
