"""`slipway run`: one task with the settings of a service or a job, its log, and its exit code."""
