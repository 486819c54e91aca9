"""What slips past a careless reader, and what looks wrong and is not: other spellings of the same thing, by rule."""

import base64
import gzip
import json
from typing import Any

from tests.policies.rules.cases_evasions_iam import ANY_CALLER, IAM_EVASIONS, OVER_TLS
from tests.policies.rules.cases_iam import FIRST
from tests.support.policies.analyzer import UNKNOWN
from tests.support.policies.samples import (
    GROUP,
    INSTANCE,
    QUEUE,
    QUEUE_POLICY,
    TASK,
    TOPIC,
    TOPIC_POLICY,
    Case,
    containers,
    env,
    ingress,
    statement,
    tcp,
)

LAUNCH = "aws:ec2/launchConfiguration:LaunchConfiguration"
SPOT = "aws:ec2/spotInstanceRequest:SpotInstanceRequest"
EVENT_TARGET = "aws:cloudwatch/eventTarget:EventTarget"
LISTENER, KEY_POLICY = "aws:alb/listener:Listener", "aws:kms/keyPolicy:KeyPolicy"
ANYWHERE, ALL_PORTS = "0.0.0.0/0", {"fromPort": -1, "toPort": -1}
FIRST_ACTION = ["policy.Statement[0].Action"]
EVERYBODY = {"Principal": {"AWS": "*"}, "Action": "sqs:SendMessage", "Resource": "*"}
DENY: dict[str, Any] = {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*"}


def fargate_target(public: Any) -> dict[str, Any]:
    """A schedule that starts a task."""
    return {"ecsTarget": {"networkConfiguration": {"assignPublicIp": public}}}


def packed(text: str) -> dict[str, str]:
    """Compressed user data."""
    return {"userDataBase64": base64.b64encode(gzip.compress(text.encode())).decode()}


EVASIONS = [
    *IAM_EVASIONS,
    *(
        Case(
            "sqs-policy-no-public",
            kind,
            [
                {"policy": ""},
                statement(**EVERYBODY, Condition={"StringEquals": {"aws:SourceAccount": 123456789012}}),
                statement(**EVERYBODY, Condition={"StringEquals": {"aws:PrincipalOrgID": ["o-1"]}}),
                statement(**EVERYBODY | {"Principal": {"Service": "s3.amazonaws.com"}}, Condition=OVER_TLS),
            ],
            [
                (statement(**EVERYBODY, Condition=condition), FIRST)
                for condition in (
                    OVER_TLS,
                    ANY_CALLER,
                    {"Bool": {"aws:ViaAWSService": "true"}},
                    {"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}},
                    {"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-1"}},
                    {"StringNotEquals": {"aws:PrincipalAccount": "123456789012"}},
                )
            ]
            + [(statement(NotPrincipal={"AWS": "arn:aws:iam::1:root"}, NotAction="sqs:DeleteQueue"), FIRST)],
            [{"policy": UNKNOWN}],
        )
        for kind in (QUEUE, QUEUE_POLICY)
    ),
    Case(
        "kms-no-wildcard-principal",
        KEY_POLICY,
        [statement(**EVERYBODY, Condition={"StringEquals": {"kms:CallerAccount": "1", "kms:ViaService": "sqs"}})],
        [
            (
                statement(**EVERYBODY, Condition={"StringEquals": {"kms:ViaService": "sqs.eu-west-1.amazonaws.com"}}),
                FIRST,
            )
        ],
    ),
    Case(
        "sqs-policy-tls-only",
        QUEUE,
        [{}, {"policy": ""}, statement(**DENY, Condition={"Bool": {"aws:SecureTransport": False}})],
        [
            (statement(**EVERYBODY), ["policy does not"]),
            (statement(**DENY, Condition=OVER_TLS), ["policy does not"]),
            (
                statement(
                    **DENY, Condition={"Bool": {"aws:SecureTransport": "false"}, "StringEquals": {"aws:SourceVpc": "v"}}
                ),
                ["policy does not"],
            ),
        ],
        [{"policy": UNKNOWN}],
    ),
    Case(
        "sqs-policy-no-star-action",
        QUEUE_POLICY,
        [statement(Principal={"AWS": "arn:aws:iam::1:root"}, Action="SQS:*", Resource="arn:aws:sqs:eu-west-1:1:work")],
        [
            (statement(Principal=principal, Action="sqs:*", Resource="arn:aws:sqs:eu-west-1:1:work"), FIRST_ACTION)
            for principal in (
                {"AWS": "arn:aws:iam::2:root"},
                {"AWS": ["arn:aws:iam::1:root", "arn:aws:iam::1:role/app"]},
                {"AWS": "1", "Service": "sns.amazonaws.com"},
                "*",
            )
        ],
    ),
    Case(
        "sns-topic-tls-only",
        TOPIC,
        [{}, {"policy": ""}],
        [(statement(**EVERYBODY | {"Action": "sns:Publish"}), ["policy does not"])],
    ),
    Case(
        "sns-topic-policy-no-public",
        TOPIC_POLICY,
        [{"policy": json.dumps({"Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws-cn:iam::1:root"}}})}],
        [({"policy": json.dumps({"Statement": {"Effect": "Allow", "Principal": "*"}})}, ["policy.Statement allows"])],
    ),
    Case(
        "sqs-max-receive-count",
        "aws:sqs/redrivePolicy:RedrivePolicy",
        [{"redrivePolicy": json.dumps({"maxReceiveCount": "5"})}],
        [({"redrivePolicy": json.dumps({"maxReceiveCount": 1})}, ["redrivePolicy.maxReceiveCount is"])],
    ),
    Case(
        "ecs-taskdef-no-plaintext-secrets",
        TASK,
        [
            containers({"command": ["serve", "--password-file", "/run/db", "--max-tokens", "4096"]}),
            containers({"command": ["sh", "-c", "exec serve --token $TOKEN"]}),
            containers({"logConfiguration": {"options": {"splunk-token": "", "awslogs-group": "api"}}}),
            env("OPENAI_MAX_TOKENS", "4096"),
            env("PASSWORD_POLICY", "strict"),
            env("TOKENIZER", "bpe"),
            env("NEXT_PUBLIC_API_KEY", "pk_12345"),
            env("COMPASS", "north"),
        ],
        [
            (containers({"command": ["serve", "--db-password", "hunter2"]}), ["containerDefinitions[0].command"]),
            (containers({"entryPoint": ["sh", "-c", "API_KEY=abc123 serve"]}), ["containerDefinitions[0].entryPoint"]),
            (
                containers({"healthCheck": {"command": ["CMD-SHELL", "redis-cli --pass hunter2 ping"]}}),
                ["containerDefinitions[0].healthCheck.command"],
            ),
            (
                containers({"logConfiguration": {"options": {"splunk-token": "B5A79AAD-D822-46CC-80D1-819F80D7BFB0"}}}),
                ["containerDefinitions[0].logConfiguration.options hold"],
            ),
            (env("DB_PASS", "hunter2"), ["containerDefinitions[0].environment[0].value"]),
            (env("MYSQL_PWD", "hunter2"), ["containerDefinitions[0].environment[0].value"]),
            (env("RAILS_MASTER_KEY", "abc123"), ["containerDefinitions[0].environment[0].value"]),
            (env("CACHE", "redis://:hunter2@cache:6379"), ["containerDefinitions[0].environment[0].value has"]),
            (env("DB", "Server=db;User Id=sa;Password=hunter2;"), ["containerDefinitions[0].environment[0].value has"]),
        ],
        [{"containerDefinitions": UNKNOWN}],
    ),
    Case(
        "ecs-taskdef-no-privileged",
        TASK,
        [containers({"DockerLabels": {"Privileged": "no"}})],
        [(containers({"Name": "api", "Privileged": True}), ["containerDefinitions[0].privileged is true"])],
    ),
    *(
        Case(
            "ec2-no-secrets-user-data",
            kind,
            [
                {"userData": "aws ecr get-login-password | docker login --username AWS --password-stdin registry"},
                {"userData": 'TOKEN=$(curl -X PUT "http://169.254.169.254/latest/api/token")'},
                {"userData": "#cloud-config\nusers:\n  - name: app\n    lock_passwd: true\nssh_pwauth: false"},
                {"userData": "# password: see the vault"},
            ],
            [
                ({"userData": "[default]\naws_secret_access_key = abc/def"}, ["userData holds"]),
                ({"userData": "#cloud-config\nusers:\n  - plain_text_passwd: hunter2"}, ["userData holds"]),
                ({"userData": "docker run -e DB_PASSWORD=hunter2 app"}, ["userData holds"]),
                ({"userData": "psql --password=hunter2"}, ["userData holds"]),
                (packed("#!/bin/sh\nexport API_TOKEN=hunter2"), ["userDataBase64 holds"]),
            ],
            [{"userData": UNKNOWN}],
        )
        for kind in (INSTANCE, LAUNCH, SPOT)
    ),
    *(
        Case(
            "ec2-imdsv2-required",
            kind,
            [{"metadataOptions": {"httpTokens": "required"}}],
            [({}, ["metadataOptions.httpTokens"])],
        )
        for kind in (LAUNCH, SPOT)
    ),
    Case(
        "ec2-ebs-encrypted", LAUNCH, [{"rootBlockDevice": {"encrypted": True}}], [({}, ["rootBlockDevice.encrypted"])]
    ),
    Case("ec2-no-public-ip", SPOT, [{}], [({"associatePublicIpAddress": True}, ["associatePublicIpAddress"])]),
    Case(
        "ecs-service-no-public-ip",
        EVENT_TARGET,
        [{}, {"arn": "arn:aws:sqs:eu-west-1:1:q"}, fargate_target(False)],
        [(fargate_target(True), ["ecsTarget.networkConfiguration.assignPublicIp is true"])],
        [fargate_target(UNKNOWN)],
    ),
    Case(
        "lb-listener-https",
        LISTENER,
        [{"defaultActions": [{"type": "forward"}]}],  # of a gateway load balancer
        [({"port": 80, "defaultActions": [{"type": "forward"}]}, ["protocol is HTTP"])],
    ),
    Case(
        "sg-no-ingress-ssh",
        GROUP,
        [ingress({"protocol": "17", "fromPort": 22, "toPort": 22, "cidrBlocks": [ANYWHERE]})],
        [
            (ingress({"protocol": "6", "fromPort": "22", "toPort": "22", "cidrBlocks": [ANYWHERE]}), ["ingress[0]"]),
            (ingress({"protocol": "all", **ALL_PORTS, "cidrBlocks": [ANYWHERE]}), ["ingress[0].cidrBlocks[0]"]),
            (
                ingress({"protocol": "-1", "ipv6CidrBlocks": ["2000::/4", "3000::/4"]}),
                ["ingress[0].ipv6CidrBlocks[0], "],
            ),
            (ingress({"protocol": "TCP", "fromPort": 0, "toPort": 65535, "cidrBlocks": ["1.2.3.4/0"]}), ["ingress[0]"]),
        ],
    ),
    Case(
        "sg-only-authorized-ports",
        GROUP,
        [ingress(tcp(443, 443, ANYWHERE) | {"protocol": "udp"})],
        [(ingress(tcp(53, 53, ANYWHERE) | {"protocol": "udp"}), ["ingress[0].cidrBlocks[0] opens UDP port 53"])],
        config={"allowedUdpPorts": [443]},
    ),
]
