"""A queue and a topic, for a deployment role."""

import pulumi_aws as aws

aws.sqs.Queue("jobs", name="jobs")
aws.sns.Topic("news", name="news")
