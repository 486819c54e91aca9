"""ECS: services whose deployments go on, and tasks that move on when their containers do."""
