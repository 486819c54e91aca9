"""Dated lists of AWS, as JSON, and their reader."""
