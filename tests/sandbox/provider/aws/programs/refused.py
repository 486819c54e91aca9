"""A queue with an input refused by SQS."""

import pulumi_aws as aws

aws.sqs.Queue("jobs", delay_seconds=901)
