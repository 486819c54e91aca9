"""Application Auto Scaling: changes the number of a service's tasks by its policies and scheduled actions."""
