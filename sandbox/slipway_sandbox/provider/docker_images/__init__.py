"""The provider that stands for pulumi-docker: images really built and pushed."""
