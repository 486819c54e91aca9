"""Rules over the whole stack and the links between its resources."""
