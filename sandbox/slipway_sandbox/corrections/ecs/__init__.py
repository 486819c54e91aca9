"""ECS: deployments of services go on, and tasks move on with their containers."""
