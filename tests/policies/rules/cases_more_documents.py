"""Further examples of lists and policy documents, that pass and that do not."""

from typing import Any

from tests.support.policies.samples import (
    CLUSTER,
    GROUP,
    GROUP_RULE,
    INGRESS_RULE,
    INSTANCE,
    QUEUE,
    REPOSITORY,
    SERVICE,
    TASK,
    TOPIC_POLICY,
    Case,
    Props,
    containers,
    ingress,
    statement,
    tcp,
)

ALARM, EKS = "aws:cloudwatch/metricAlarm:MetricAlarm", "aws:eks/cluster:Cluster"
NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
REPOSITORY_POLICY = "aws:ecr/repositoryPolicy:RepositoryPolicy"
REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/"
LOGS = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
HTTPS = {"protocol": "HTTPS"}
SOURCE = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}


def shown(rule: str, kind: str, good: list[Props], bad: list[tuple[Props, str]], **config: Any) -> Case:
    """A case without what waits, each failing example with the start of its one message."""
    return Case(rule, kind, good, [(props, [start]) for props, start in bad], [], config)


def logged(mode: str | None, **more: Any) -> Props:
    """A task that writes to awslogs in this mode."""
    options = {"mode": mode} if mode else {}
    return containers({"logConfiguration": {"logDriver": "awslogs", "options": options | more}})


def volume(encryption: str | None) -> Props:
    """A task with an EFS volume."""
    return {
        "volumes": [{"name": "a", "efsVolumeConfiguration": {"fileSystemId": "fs-1", "transitEncryption": encryption}}]
    }


MORE_DOCUMENTS = [
    shown(
        "alarm-has-action",
        ALARM,
        [{"alarmActions": ["a", "b"]}],
        [({"alarmActions": None, "okActions": ["a"]}, "alarmActions")],
    ),
    shown(
        "ecs-service-circuit-breaker",
        SERVICE,
        [{"deploymentController": {"type": "EXTERNAL"}}],
        [({"deploymentCircuitBreaker": {"enable": True, "rollback": False}}, "deploymentCircuitBreaker.rollback")],
    ),
    shown(
        "ecs-cluster-container-insights",
        CLUSTER,
        [{"settings": [{"name": "other", "value": "a"}, {"name": "containerInsights", "value": "enhanced"}]}],
        [({"settings": []}, "settings has")],
    ),
    shown(
        "ecs-service-propagate-tags",
        SERVICE,
        [{"propagateTags": "TASK_DEFINITION", "enableEcsManagedTags": "true"}],
        [({"propagateTags": "SERVICE", "enableEcsManagedTags": None}, "enableEcsManagedTags")],
    ),
    shown(
        "ecs-taskdef-readonly-root",
        TASK,
        [containers()],
        [(containers({"readonlyRootFilesystem": None}), "containerDefinitions[0].readonlyRootFilesystem")],
    ),
    shown(
        "ecs-taskdef-logging",
        TASK,
        [containers(), containers({"logConfiguration": {"logDriver": "splunk"}})],
        [(containers({"logConfiguration": {"logDriver": ""}}), "containerDefinitions[0].logConfiguration.logDriver")],
    ),
    shown(
        "ecs-taskdef-log-mode",
        TASK,
        [logged("non-blocking")],
        [(logged("blocking"), "containerDefinitions[0].logConfiguration.options.mode")],
    ),
    *(
        shown(
            "ecs-taskdef-distinct-roles",
            TASK,
            [{"executionRoleArn": "b"}],
            [(roles, "taskRoleArn is the execution role")],
        )
        for roles in (
            {"taskRoleArn": "arn:aws:iam::1:role/a", "executionRoleArn": "arn:aws:iam::1:role/a"},
            {"taskRoleArn": "a", "executionRoleArn": "a", "cpu": 256.0},
        )
    ),
    shown(
        "ecs-taskdef-efs-transit-encryption",
        TASK,
        [volume("ENABLED")],
        [(volume(""), "volumes[0].efsVolumeConfiguration")],
    ),
    shown(
        "ecs-taskdef-awsvpc",
        TASK,
        [{"requiresCompatibilities": ["EC2", "FARGATE"], "networkMode": "awsvpc"}],
        [({"requiresCompatibilities": ["EC2", "FARGATE"], "networkMode": "bridge"}, "networkMode")],
    ),
    shown(
        "ecs-taskdef-image-registry",
        TASK,
        [containers({"image": f"{REGISTRY}web:1"}), containers({"image": f"{REGISTRY}team/api"})],
        [(containers({"image": f"{REGISTRY}web:1"}, {"image": "public.ecr.aws/a/b"}), "containerDefinitions[1].image")],
        allowedRegistries=[REGISTRY],
    ),
    *(
        shown(
            rule,
            REPOSITORY,
            [{"encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": key}]} for key in ("arn:a", "arn:b")],
            [({"encryptionConfigurations": []}, "encryptionConfigurations is missing")],
        )
        for rule in ("ecr-kms-encryption", "ecr-cmk-encryption")
    ),
    shown(
        "ecr-policy-not-public",
        REPOSITORY_POLICY,
        [
            statement(Principal={"AWS": "123456789012"}, Action="ecr:*"),
            statement(Principal="*", Action="ecr:*", Condition=SOURCE),
        ],
        [(statement(NotPrincipal={"AWS": "123456789012"}, Action="ecr:*"), "policy.Statement[0]")],
    ),
    shown(
        "sns-topic-policy-no-cross-account",
        TOPIC_POLICY,
        [],
        [
            (
                {
                    "arn": "arn:aws:sns:eu-west-1:111111111111:a",
                    **statement(Principal={"AWS": ["222222222222"]}, Action="sns:*"),
                },
                "policy.Statement[0].Principal names another account",
            )
        ],
    ),
    shown(
        "sns-topic-tls-only",
        TOPIC_POLICY,
        [
            statement(
                Effect="Deny",
                Principal={"AWS": "*"},
                NotAction="sns:GetTopicAttributes",
                Condition={"Bool": {"aws:SecureTransport": "false"}},
            )
        ],
        [],
    ),
    *(
        shown("sqs-queue-encrypted", QUEUE, [], [(props, "sqsManagedSseEnabled")])
        for props in (
            {"sqsManagedSseEnabled": False, "kmsMasterKeyId": ""},
            {"sqsManagedSseEnabled": "false", "fifoQueue": True},
        )
    ),
    shown(
        "required-tags",
        QUEUE,
        [{"tags": {"owner": "a", "cost-center": "", "more": "b"}}],
        [({"tags": {"cost-center": "1"}}, "tags.owner is missing")],
        keys=["owner", "cost-center"],
    ),
    shown(
        "ec2-single-eni",
        INSTANCE,
        [{"networkInterfaces": [{"deviceIndex": 0.0}]}],
        [({"networkInterfaces": [{"deviceIndex": 0.0}, {"deviceIndex": 1.0}]}, "networkInterfaces are")],
    ),
    shown(
        "sg-no-ingress-all-ports",
        INGRESS_RULE,
        [{"ipProtocol": "-1", "cidrIpv4": "10.0.0.0/8"}, {"ipProtocol": "-1", "referencedSecurityGroupId": "sg-1"}],
        [
            (
                {"ipProtocol": "17", "fromPort": 0, "toPort": 65535, "cidrIpv4": "0.0.0.0/0"},
                "cidrIpv4 opens every UDP port",
            )
        ],
    ),
    shown(
        "sg-no-ingress-rdp",
        GROUP,
        [ingress(tcp(3388, 3388, "0.0.0.0/0"))],
        [(ingress(tcp(0, 65535, "::/0")), "ingress[0].cidrBlocks[0] opens TCP port 3389")],
    ),
    shown(
        "sg-no-ingress-http",
        GROUP,
        [ingress(tcp(80, 80, "10.0.0.0/8")), ingress(tcp(8080, 8080, "0.0.0.0/0"))],
        [
            (ingress(tcp(80, 80, "0.0.0.0/0")), "ingress[0].cidrBlocks[0] opens TCP port 80"),
            (
                ingress(tcp(79, 81, "0.0.0.0/1", "128.0.0.0/1")),
                "ingress[0].cidrBlocks[0], ingress[0].cidrBlocks[1] opens",
            ),
        ],
    ),
    shown(
        "sg-no-high-risk-ports",
        GROUP_RULE,
        [{"type": "ingress", **tcp(5432, 5432, "10.0.0.0/8")}],
        [({"type": "ingress", **tcp(3306, 3306, "0.0.0.0/0")}, "cidrBlocks[0] opens TCP 3306 to the internet")],
    ),
    shown(
        "sg-wide-public-cidr",
        GROUP,
        [ingress(tcp(443, 443, "10.0.0.0/8"))],
        [(ingress(tcp(443, 443, "52.0.0.0/8")), "ingress[0]")],
    ),
    shown(
        "nacl-no-ingress-all",
        "aws:ec2/networkAclRule:NetworkAclRule",
        [{"ruleAction": "allow", "protocol": "6", "fromPort": 443, "toPort": 443, "cidrBlock": "0.0.0.0/0"}],
        [
            (
                {"ruleAction": "ALLOW", "protocol": -1.0, "cidrBlock": "0.0.0.0/0", "egress": False},
                "cidrBlock lets the internet",
            )
        ],
    ),
    shown(
        "eks-secrets-encryption",
        EKS,
        [{"encryptionConfig": {"resources": ["secrets"], "provider": {"keyArn": key}}} for key in ("arn:a", "arn:b")],
        [({"encryptionConfig": None}, "encryptionConfig.resources")],
    ),
    shown(
        "eks-control-plane-logging",
        EKS,
        [{"enabledClusterLogTypes": LOGS[::-1]}, {"enabledClusterLogTypes": [*LOGS, "another"]}],
        [({"enabledClusterLogTypes": LOGS[:4]}, "enabledClusterLogTypes lacks scheduler")],
    ),
    shown(
        "eks-nodegroup-remote-access",
        NODE_GROUP,
        [{"remoteAccess": {"ec2SshKey": "a", "sourceSecurityGroupIds": ["sg-1"]}}],
        [({"remoteAccess": {"ec2SshKey": "a", "sourceSecurityGroupIds": None}}, "remoteAccess.sourceSecurityGroupIds")],
    ),
]
