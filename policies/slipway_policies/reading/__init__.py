"""Readers for rules: policy documents, networks, secrets in text."""
