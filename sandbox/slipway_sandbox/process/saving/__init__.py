"""The cloud on disk: a snapshot after each change, and the gate that keeps calls out of a copy."""
