"""The sandbox's providers: the engine attaches to them in place of pulumi-aws and pulumi-docker."""
