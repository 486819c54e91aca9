"""Who an instance of the provider is: its keys, or the session of a role that they open."""
