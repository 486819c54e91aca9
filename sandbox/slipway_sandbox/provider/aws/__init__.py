"""The sandbox's pulumi-aws: declarations in, AWS calls out."""
