"""The image registry in ECR's place."""
