"""Writes docs/reference: one page per component, from its docstrings, its schema and its recorded registrations."""
