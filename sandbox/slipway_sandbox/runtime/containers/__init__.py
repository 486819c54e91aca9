"""The Docker daemon: images, containers, their output."""
