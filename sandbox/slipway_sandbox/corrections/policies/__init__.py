"""Policies of receivers and keys: whom AWS lets in."""
