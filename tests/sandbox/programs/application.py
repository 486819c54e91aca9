"""A team's stack on top of the platform's: what it needs comes by reference, secrets stay secret on the way."""

import json

import pulumi
import pulumi_aws as aws

platform = pulumi.StackReference(pulumi.Config().require("platform"))
vpc_id = platform.require_output("vpcId")
cluster = platform.get_output("cluster")

group = aws.ec2.SecurityGroup(
    "worker", vpc_id=vpc_id, egress=[{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}]
)
dead = aws.sqs.Queue("orders-dead", message_retention_seconds=1209600)
queue = aws.sqs.Queue(
    "orders",
    visibility_timeout_seconds=90,
    redrive_policy=dead.arn.apply(lambda arn: json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 3})),
)
topic_arn = platform.get_output("topicArn")
policy = aws.iam.get_policy_document_output(
    statements=[
        aws.iam.GetPolicyDocumentStatementArgs(
            actions=["sqs:SendMessage"],
            resources=[queue.arn],
            principals=[
                aws.iam.GetPolicyDocumentStatementPrincipalArgs(type="Service", identifiers=["sns.amazonaws.com"])
            ],
            conditions=[
                aws.iam.GetPolicyDocumentStatementConditionArgs(
                    test="ArnEquals", variable="aws:SourceArn", values=[topic_arn]
                )
            ],
        )
    ]
)
aws.sqs.QueuePolicy("orders", queue_url=queue.url, policy=policy.json)
aws.sns.TopicSubscription("orders", topic=topic_arn, protocol="sqs", endpoint=queue.arn, raw_message_delivery=True)
aws.ssm.Parameter("password", type="SecureString", value=platform.get_output("password"))

execution = aws.iam.Role(
    "worker",
    assume_role_policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Principal": {"Service": ["ecs-tasks.amazonaws.com"]},
                "Action": "sts:AssumeRole",
            },
        }
    ),
)
task = aws.ecs.TaskDefinition(
    "worker",
    family="worker",
    cpu="256",
    memory="512",
    network_mode="awsvpc",
    requires_compatibilities=["FARGATE"],
    execution_role_arn=execution.arn,
    container_definitions=pulumi.Output.json_dumps(
        [{"name": "worker", "image": "busybox", "environment": [{"name": "QUEUE_URL", "value": queue.url}]}]
    ),
)
service = aws.ecs.Service(
    "worker",
    cluster=cluster["arn"],
    task_definition=task.arn,
    desired_count=0,
    launch_type="FARGATE",
    network_configuration={"subnets": platform.get_output("subnetIds"), "security_groups": [group.id]},
)
target = aws.appautoscaling.Target(
    "worker",
    min_capacity=0,
    max_capacity=4,
    resource_id=pulumi.Output.format("service/{0}/{1}", cluster["name"], service.name),
    scalable_dimension="ecs:service:DesiredCount",
    service_namespace="ecs",
)
aws.appautoscaling.Policy(
    "worker",
    policy_type="TargetTrackingScaling",
    resource_id=target.resource_id,
    scalable_dimension=target.scalable_dimension,
    service_namespace=target.service_namespace,
    target_tracking_scaling_policy_configuration={
        "target_value": 50.0,
        "predefined_metric_specification": {"predefined_metric_type": "ECSServiceAverageCPUUtilization"},
    },
)

pulumi.export("service", pulumi.Output.concat(cluster["name"], "/", service.name))
pulumi.export("password", platform.get_output("password"))
