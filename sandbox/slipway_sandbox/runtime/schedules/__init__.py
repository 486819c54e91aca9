"""EventBridge Scheduler: starts the tasks of its schedules at their times."""
