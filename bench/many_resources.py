"""Resources of ten types, BENCH_RESOURCES of them, that depend on each other as they do in messaging and services."""

import json
import os

import pulumi_aws as aws

GROUP = 10  # resources made together

vpc = aws.ec2.Vpc("bench", cidr_block="10.0.0.0/16")
trust = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}
for number in range(int(os.environ["BENCH_RESOURCES"]) // GROUP):
    name = f"bench{number}"
    topic = aws.sns.Topic(name)
    queue = aws.sqs.Queue(name, visibility_timeout_seconds=60, tags={"number": str(number)})
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    aws.sqs.QueuePolicy(
        name, queue_url=queue.url, policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )
    aws.sns.TopicSubscription(name, topic=topic.arn, protocol="sqs", endpoint=queue.arn, raw_message_delivery=True)
    role = aws.iam.Role(name, assume_role_policy=json.dumps(trust))
    aws.iam.RolePolicyAttachment(name, role=role.name, policy_arn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    aws.cloudwatch.LogGroup(name, retention_in_days=30)
    aws.cloudwatch.MetricAlarm(
        name,
        comparison_operator="GreaterThanThreshold",
        evaluation_periods=1,
        metric_name="ApproximateNumberOfMessagesVisible",
        namespace="AWS/SQS",
        period=60,
        statistic="Maximum",
        threshold=100,
        dimensions={"QueueName": queue.name},
    )
    aws.ssm.Parameter(name, type="String", value=queue.url)
    aws.ec2.SecurityGroup(
        name,
        vpc_id=vpc.id,
        egress=[{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}],
    )
