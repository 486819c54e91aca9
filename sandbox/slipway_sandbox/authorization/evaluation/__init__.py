"""How a policy is read: patterns, principals, conditions and statements."""
