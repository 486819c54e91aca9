"""Further examples, so that each rule over one resource has three at least that pass and three that do not."""

from typing import Any

from tests.support.policies.samples import (
    CLUSTER,
    GROUP,
    INSTANCE,
    LOG_GROUP,
    QUEUE,
    REPOSITORY,
    SERVICE,
    TASK,
    TOPIC,
    at,
)

BALANCER, LISTENER = "aws:lb/loadBalancer:LoadBalancer", "aws:lb/listener:Listener"
ALARM, KEY, EKS = "aws:cloudwatch/metricAlarm:MetricAlarm", "aws:kms/key:Key", "aws:eks/cluster:Cluster"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
PROVIDER = "aws:ecs/capacityProvider:CapacityProvider"
SUBNET = "aws:ec2/subnet:Subnet"
OFF: list[Any] = [None, False, "false"]
ON: list[Any] = [True, "true"]
EXEC = "configuration.executeCommandConfiguration.logging"
HTTPS = {"protocol": "HTTPS"}


MORE_CASES = [
    # What must be on
    *(
        at(rule, kind, path, ON, OFF, **beside)
        for rule, kind, path, beside in (
            ("ecr-scan-on-push", REPOSITORY, "imageScanningConfiguration.scanOnPush", {"name": None}),
            ("ec2-detailed-monitoring", INSTANCE, "monitoring", {"tags": None}),
            ("ec2-termination-protection", INSTANCE, "disableApiTermination", {"tags": None}),
            ("lb-access-logs", BALANCER, "accessLogs.enabled", {"loadBalancerType": "application"}),
            ("lb-drop-invalid-headers", BALANCER, "dropInvalidHeaderFields", {"loadBalancerType": "application"}),
            ("lb-deletion-protection", BALANCER, "enableDeletionProtection", {"name": None}),
            ("lb-cross-zone", BALANCER, "enableCrossZoneLoadBalancing", {"loadBalancerType": "gateway"}),
            ("lb-internal", BALANCER, "internal", {"name": None}),
            ("eks-deletion-protection", EKS, "deletionProtection", {"name": None}),
            ("kms-rotation", KEY, "enableKeyRotation", {"keyUsage": "ENCRYPT_DECRYPT"}),
        )
    ),
    # What must be off
    *(
        at(rule, kind, path, OFF, ON, **beside)
        for rule, kind, path, beside in (
            ("ecs-service-no-public-ip", SERVICE, "networkConfiguration.assignPublicIp", {"launchType": "FARGATE"}),
            ("ecs-service-exec-disabled", SERVICE, "enableExecuteCommand", {"name": None}),
            ("ecr-no-force-delete", REPOSITORY, "forceDelete", {"name": None}),
            ("subnet-no-auto-public-ip", SUBNET, "mapPublicIpOnLaunch", {"cidrBlock": "10.0.0.0/24"}),
            ("kms-no-bypass-lockout", KEY, "bypassPolicyLockoutSafetyCheck", {"description": "a"}),
        )
    ),
    # What may be left out and must not be off
    *(
        at(rule, kind, path, [*ON, None], [False, "false"], **beside)
        for rule, kind, path, beside in (
            ("kms-enabled", KEY, "isEnabled", {"description": "a"}),
            ("alarm-actions-enabled", ALARM, "actionsEnabled", {"metricName": "CPUUtilization"}),
            ("ec2-source-dest-check", INSTANCE, "sourceDestCheck", {"tags": None}),
        )
    ),
    at(
        "eks-endpoint-not-public",
        EKS,
        "vpcConfig.endpointPublicAccess",
        [False, "false"],
        [True, None, "true"],
        name=None,
    ),
    # One of some words
    at("ecs-cluster-exec-logging", CLUSTER, EXEC, ["OVERRIDE"], ["NONE"], name="a"),
    at("ecs-cluster-exec-logging", CLUSTER, EXEC, ["DEFAULT"], ["NONE"], settings=[]),
    at(
        "ecs-capacity-provider-protection",
        PROVIDER,
        "autoScalingGroupProvider.managedTerminationProtection",
        ["ENABLED"],
        ["DISABLED", "", "enabled"],
    ),
    at("ecs-taskdef-no-host-network", TASK, "networkMode", ["bridge", "none"], ["host"], cpu="256"),
    at("ecs-taskdef-no-host-network", TASK, "networkMode", ["awsvpc"], ["host"], requiresCompatibilities=["EC2"]),
    at("ecs-taskdef-no-host-pid", TASK, "ipcMode", ["task", "none"], ["host"], networkMode="awsvpc"),
    at("ecr-immutable-tags", REPOSITORY, "imageTagMutability", ["IMMUTABLE"], ["MUTABLE_WITH_EXCLUSION", ""], name="a"),
    at("sns-topic-encrypted", TOPIC, "kmsMasterKeyId", ["arn:aws:kms:eu-west-1:1:key/a"], [None], fifoTopic=True),
    at("sns-subscription-https", SUBSCRIPTION, "protocol", ["email", "lambda"], ["http"], endpoint="http://a"),
    at("sns-subscription-https", SUBSCRIPTION, "protocol", ["firehose"], ["http"], rawMessageDelivery=True),
    at(
        "sns-subscription-redrive",
        SUBSCRIPTION,
        "redrivePolicy",
        ['{"deadLetterTargetArn": "b"}', "{}"],
        [None],
        protocol="sqs",
    ),
    at("sns-signature-v2", TOPIC, "signatureVersion", ["2"], ["1"], fifoTopic=False),
    at("sqs-queue-cmk", QUEUE, "kmsMasterKeyId", ["arn:aws:kms:k"], ["alias/aws/sqs"], fifoQueue=True),
    at("sqs-queue-cmk", QUEUE, "kmsMasterKeyId", ["1234"], ["alias/aws/sqs"], sqsManagedSseEnabled=None),
    at("sqs-long-polling", QUEUE, "receiveWaitTimeSeconds", [5.0], [0.0], fifoQueue=True),
    at(
        "ec2-instance-profile",
        INSTANCE,
        "iamInstanceProfile",
        ["a", "arn:aws:iam::1:instance-profile/a"],
        [None],
        tags={},
    ),
    at("lb-desync-mode", BALANCER, "desyncMitigationMode", ["strictest"], ["monitor"], name="a"),
    at("lb-desync-mode", BALANCER, "desyncMitigationMode", ["defensive"], ["monitor"], internal=True),
    at("lb-listener-tls-pq", LISTENER, "sslPolicy", ["ELBSecurityPolicy-TLS13-1-3-PQ-2025-09"], [""], **HTTPS),
    at("lb-listener-acm", LISTENER, "certificateArn", ["arn:aws:acm:a", "arn:aws-cn:acm:b"], [""], **HTTPS),
    at("eks-access-entries", EKS, "accessConfig.authenticationMode", ["API_AND_CONFIG_MAP"], ["CONFIG_MAP"], name="a"),
    at("eks-access-entries", EKS, "accessConfig.authenticationMode", ["API"], ["CONFIG_MAP"], version="1.35"),
    at(
        "sg-description",
        GROUP,
        "description",
        ["Load balancer of api", "Bastion"],
        ["Managed by Terraform"],
        ingress=[],
    ),
    at("kms-description", KEY, "description", ["Messages", "Logs"], [""], isEnabled=True),
    at("kms-deletion-window", KEY, "deletionWindowInDays", [30.0], [7.0, "8"], isEnabled=True),
    at("log-group-encrypted", LOG_GROUP, "kmsKeyId", ["arn:aws:kms:a", "arn:aws-cn:kms:b"], [""], retentionInDays=30),
    at("log-group-retention", LOG_GROUP, "retentionInDays", [365, "30"], [0.0, None], name="a"),
    at("alarm-treat-missing-data", ALARM, "treatMissingData", ["breaching", "ignore"], [None], metricName="Throttles"),
]
