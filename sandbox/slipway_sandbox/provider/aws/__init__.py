"""The provider that stands for pulumi-aws: declarations in, AWS calls out."""
