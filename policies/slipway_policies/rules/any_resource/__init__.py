"""Rules on any resource, whatever its service."""
