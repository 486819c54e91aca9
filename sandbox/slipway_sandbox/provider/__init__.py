"""The providers that the engine attaches to in place of pulumi-aws and pulumi-docker."""
