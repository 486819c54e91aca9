"""Updates that were interrupted: the record of what they created, and how the next update goes on."""
