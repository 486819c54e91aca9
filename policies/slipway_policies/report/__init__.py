"""What people read: the page of a run's findings, and RULES.md."""
