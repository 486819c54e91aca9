"""For each rule over one resource: what passes, what fails and where, and what must wait for `up`."""

import json

from tests.policies.rules.cases_ecs import ECS_CASES
from tests.policies.rules.cases_ecs_more import MORE_ECS_CASES
from tests.policies.rules.cases_evasions import EVASIONS
from tests.policies.rules.cases_iam import IAM_CASES
from tests.policies.rules.cases_lb import LB_CASES
from tests.policies.rules.cases_messaging import MESSAGING_CASES
from tests.policies.rules.cases_more import MORE_CASES
from tests.policies.rules.cases_more_documents import MORE_DOCUMENTS
from tests.policies.rules.cases_more_rights import MORE_RIGHTS
from tests.policies.rules.cases_network import NETWORK_CASES
from tests.support.policies.analyzer import UNKNOWN
from tests.support.policies.samples import (
    EVERYTHING,
    FROM_ANYWHERE,
    FROM_HOME,
    GROUP,
    GROUP_RULE,
    INGRESS_RULE,
    INSTANCE,
    LOG_GROUP,
    PUBLIC,
    QUEUE,
    QUEUE_POLICY,
    REPOSITORY,
    ROLE,
    ROLE_POLICY,
    TEMPLATE,
    TOPIC,
    TOPIC_POLICY,
    Case,
    ingress,
    statement,
    tcp,
)

CASES = [
    *EVASIONS,
    *ECS_CASES,
    *MORE_ECS_CASES,
    *MESSAGING_CASES,
    *NETWORK_CASES,
    *LB_CASES,
    *IAM_CASES,
    *MORE_CASES,
    *MORE_DOCUMENTS,
    *MORE_RIGHTS,
    Case(
        "ecr-immutable-tags",
        REPOSITORY,
        [{"imageTagMutability": "IMMUTABLE"}, {"imageTagMutability": "IMMUTABLE_WITH_EXCLUSION"}],
        [({}, ["imageTagMutability"]), ({"imageTagMutability": "MUTABLE"}, ["imageTagMutability"])],
        [{"imageTagMutability": UNKNOWN}],
    ),
    Case(
        "ecr-scan-on-push",
        REPOSITORY,
        [{"imageScanningConfiguration": {"scanOnPush": True}}],
        [
            ({}, ["imageScanningConfiguration.scanOnPush"]),
            ({"imageScanningConfiguration": {"scanOnPush": False}}, ["imageScanningConfiguration.scanOnPush"]),
        ],
        [{"imageScanningConfiguration": UNKNOWN}],
    ),
    *(
        Case(
            rule,
            kind,
            [
                {},
                statement(**PUBLIC, Condition=FROM_HOME),
                statement(**PUBLIC | {"Principal": {"Service": "sns.amazonaws.com"}}),
                statement(**PUBLIC | {"Effect": "Deny"}),
            ],
            [
                (statement(**PUBLIC), ["policy.Statement[0]"]),
                (statement(**PUBLIC | {"Principal": {"AWS": ["*"]}}), ["policy.Statement[0]"]),
                (statement(**PUBLIC, Condition=FROM_ANYWHERE), ["policy.Statement[0]"]),
                (statement(NotPrincipal={"AWS": "123456789012"}, Action="sns:Publish"), ["policy.Statement[0]"]),
                ({"policy": "not json"}, ["policy is not a JSON document"]),
            ],
            [{"policy": UNKNOWN}],
        )
        for rule, kind in (
            ("sns-topic-policy-no-public", TOPIC),
            ("sns-topic-policy-no-public", TOPIC_POLICY),
            ("sqs-policy-no-public", QUEUE),
            ("sqs-policy-no-public", QUEUE_POLICY),
        )
    ),
    Case(
        "sqs-queue-encrypted",
        QUEUE,
        [{}, {"sqsManagedSseEnabled": True}, {"sqsManagedSseEnabled": False, "kmsMasterKeyId": "alias/orders"}],
        [({"sqsManagedSseEnabled": False}, ["sqsManagedSseEnabled"])],
        [{"sqsManagedSseEnabled": UNKNOWN}, {"sqsManagedSseEnabled": False, "kmsMasterKeyId": UNKNOWN}],
    ),
    *(
        Case(
            "ec2-imdsv2-required",
            kind,
            [{"metadataOptions": {"httpTokens": "required"}}, {"metadataOptions": {"httpEndpoint": "disabled"}}],
            [
                ({}, ["metadataOptions.httpTokens"]),
                ({"metadataOptions": {"httpTokens": "optional"}}, ["metadataOptions.httpTokens"]),
            ],
            [{"metadataOptions": UNKNOWN}],
        )
        for kind in (INSTANCE, TEMPLATE)
    ),
    Case(
        "ec2-ebs-encrypted",
        INSTANCE,
        [{"rootBlockDevice": {"encrypted": True}}, {"launchTemplate": {"id": "lt-1"}}],
        [
            ({}, ["rootBlockDevice.encrypted"]),
            (
                {"rootBlockDevice": {"encrypted": True}, "ebsBlockDevices": [{"encrypted": False}]},
                ["ebsBlockDevices[0].encrypted"],
            ),
        ],
        [{"rootBlockDevice": {"encrypted": UNKNOWN}}],
    ),
    Case(
        "ec2-ebs-encrypted",
        TEMPLATE,
        [{}, {"blockDeviceMappings": [{"ebs": {"encrypted": "true"}}, {"noDevice": "/dev/sdb"}]}],
        [({"blockDeviceMappings": [{"ebs": {"encrypted": "false"}}]}, ["blockDeviceMappings[0].ebs.encrypted"])],
        [{"blockDeviceMappings": UNKNOWN}],
    ),
    Case(
        "sg-no-ingress-ssh",
        GROUP,
        [
            {},
            ingress(tcp(22.0, 22.0, "203.0.113.7/32")),
            ingress(tcp(443, 443, "0.0.0.0/0")),
            ingress(tcp(0, 0, "0.0.0.0/0")),
            ingress({"protocol": "udp", "fromPort": 22, "toPort": 22, "cidrBlocks": ["0.0.0.0/0"]}),
            ingress({"protocol": "-1", "self": True}),
            ingress(tcp(22, 22, "0.0.0.0/1")),
        ],
        [
            (ingress(tcp(22.0, 22.0, "0.0.0.0/0")), ["ingress[0].cidrBlocks[0] opens TCP port 22 to the internet"]),
            (ingress(tcp(0, 1024, "10.0.0.0/8", "0.0.0.0/0")), ["ingress[0].cidrBlocks[1]"]),
            (ingress({"protocol": "-1", "ipv6CidrBlocks": ["0::/0"]}), ["ingress[0].ipv6CidrBlocks[0]"]),
            (
                ingress(tcp(22, 22, "0.0.0.0/1"), tcp(20, 30, "128.0.0.0/1", self=True)),
                ["ingress[0].cidrBlocks[0], ingress[1].cidrBlocks[0] opens"],
            ),
            (ingress(tcp(22, 22, "everywhere")), ["ingress[0].cidrBlocks[0] is not a CIDR"]),
        ],
        [{"ingress": UNKNOWN}, ingress(tcp(22, 22, UNKNOWN)), ingress({**tcp(22, 22, "0.0.0.0/0"), "toPort": UNKNOWN})],
    ),
    Case(
        "sg-no-ingress-ssh",
        GROUP_RULE,
        [{"type": "egress", **tcp(22, 22, "0.0.0.0/0")}, {"type": "ingress", **tcp(22, 22, "10.0.0.0/8")}],
        [({"type": "ingress", **tcp(22, 22, "0.0.0.0/0")}, ["cidrBlocks[0]"])],
        [{"type": "ingress", **tcp(22, 22), "cidrBlocks": UNKNOWN}],
    ),
    Case(
        "sg-no-ingress-all-ports",
        INGRESS_RULE,
        [{"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "0.0.0.0/0"}],
        [
            ({"ipProtocol": "-1", "cidrIpv6": "::/0"}, ["cidrIpv6 opens every TCP", "cidrIpv6 opens every UDP"]),
            ({"ipProtocol": "tcp", "fromPort": 1, "toPort": 65535, "cidrIpv4": "0.0.0.0/0"}, ["cidrIpv4 opens every"]),
        ],
        [{"ipProtocol": "-1", "cidrIpv4": UNKNOWN}],
    ),
    Case(
        "log-group-retention",
        LOG_GROUP,
        [{"retentionInDays": 30.0}, {"retentionInDays": 1}],
        [({}, ["retentionInDays is not set"]), ({"retentionInDays": 0}, ["retentionInDays is not set"])],
        [{"retentionInDays": UNKNOWN}],
    ),
    Case(
        "iam-no-admin-policy",
        ROLE_POLICY,
        [
            statement(Action="sqs:*", Resource="*"),
            statement(Action="*", Resource="arn:aws:sqs:eu-west-1:123456789012:orders"),
            statement(**EVERYTHING, Effect="Deny"),
        ],
        [
            (statement(**EVERYTHING), ["policy.Statement[0]"]),
            (statement(Action=["s3:Get*", "*:*"], Resource=["arn:aws:*"]), ["policy.Statement[0]"]),
            (statement(NotAction="iam:*", Resource="*"), ["policy.Statement[0]"]),
            ({"policy": json.dumps({"Statement": {"Effect": "Allow", **EVERYTHING}})}, ["policy.Statement allows"]),
        ],
        [{"policy": UNKNOWN}],
    ),
    Case(
        "iam-no-admin-policy",
        ROLE,
        [{}, {"inlinePolicies": [{"name": "one", **statement(Action="sqs:SendMessage", Resource="*")}]}],
        [({"inlinePolicies": [statement(**EVERYTHING)]}, ["inlinePolicies[0].policy.Statement[0]"])],
        [{"inlinePolicies": UNKNOWN}, {"inlinePolicies": [{"policy": UNKNOWN}]}],
    ),
]
