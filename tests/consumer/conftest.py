"""AWS on a free port of this machine, for tests of the consumer."""

from tests.support.aws.aws_endpoint import endpoint, queues, sqs

__all__ = ["endpoint", "queues", "sqs"]
