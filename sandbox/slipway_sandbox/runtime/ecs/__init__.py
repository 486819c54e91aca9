"""ECS services and tasks as containers."""
