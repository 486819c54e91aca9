"""AWS on a free port of this machine, for tests of the command line."""

from tests.support.aws.aws_endpoint import credentials, endpoint, queues, sqs

__all__ = ["credentials", "endpoint", "queues", "sqs"]
