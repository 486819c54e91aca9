"""Output for people: the page of a run's findings, the list of rules, RULES.md."""
