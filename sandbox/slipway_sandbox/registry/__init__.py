"""The image registry that stands for ECR."""
