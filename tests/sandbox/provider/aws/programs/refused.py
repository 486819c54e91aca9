"""A queue that SQS would refuse."""

import pulumi_aws as aws

aws.sqs.Queue("jobs", delay_seconds=901)
