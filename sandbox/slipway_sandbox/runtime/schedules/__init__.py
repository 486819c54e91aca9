"""EventBridge Scheduler: starts the tasks and the executions of its schedules at their times."""
