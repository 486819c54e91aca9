"""AWS's table of actions, resource types and condition keys, kept in one JSON file a service."""
