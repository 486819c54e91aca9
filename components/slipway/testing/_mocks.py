"""Mocks that compute what AWS would, and answer the look-ups of every component.

Source: https://www.pulumi.com/docs/iac/concepts/testing/unit/
"""

from collections.abc import Callable, Mapping
from typing import Any

import pulumi

Answer = Mapping[str, Any] | Callable[[Any], Mapping[str, Any]]
"""Answer to a look-up: its result in camel case, or a function from the look-up's arguments to it."""

ACCOUNT_ID = "123456789012"
REGION = "eu-west-1"
AUTHORITY = "LS0tLS1CRUdJTg=="  # the first letters of a certificate in PEM, in base64
CLUSTER_GROUP = "sg-0000000e"
IMAGE_DIGEST = f"sha256:{'a' * 64}"


class UnansweredError(LookupError):
    """A look-up that the mocks have no answer to; the message says how to give one."""


class Mocks(pulumi.runtime.Mocks):
    """Pulumi's mocks for programs with components: every resource gets an id, an ARN and what its type computes.

    `answers` maps the token of a look-up, such as aws:ec2/getVpc:getVpc, to its answer, over the ones here. `account_id` and
    `region` are in ARNs and addresses. `known_as` gives the name from which id and ARN of a resource come, for a resource
    that exists under an older name already. Default: its own. Example::

        import pulumi
        from slipway.testing import Mocks

        pulumi.runtime.set_mocks(Mocks(region="eu-central-1"))

    Availability zones, caller identity, partition, region, the ECS cluster `main`, ECR repositories and their images, and
    the SSM parameters of AMIs are answered. Raises UnansweredError on any other look-up: a made-up answer would make a test
    that proves nothing.
    """

    def __init__(
        self,
        answers: Mapping[str, Answer] | None = None,
        *,
        account_id: str = ACCOUNT_ID,
        region: str = REGION,
        known_as: Callable[[str], str] = str,
    ) -> None:
        self.account_id = account_id
        self.region = region
        self.known_as = known_as
        self.answers = {**self._answers(), **(answers or {})}

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        """Id and outputs of a resource: its inputs over what its type computes."""
        service = args.typ.split(":")[1].split("/")[0] if ":" in args.typ else args.typ
        known = self.known_as(args.name)
        name = known + (".fifo" if args.inputs.get("fifoQueue") else "")
        arn = f"arn:aws:{service}:{self.region}:{self.account_id}:{known}"
        computed = {"arn": arn, "name": name, **self._computed(args.typ, known, args.inputs)}
        return f"{known}-id", completed(computed, args.inputs)

    def call(self, args: pulumi.runtime.MockCallArgs) -> dict[str, Any]:  # type: ignore[override]
        """Result of a look-up. Raises UnansweredError."""
        answer = self.answers.get(args.token)
        if answer is None:
            raise UnansweredError(
                f"the mocks have no answer to {args.token}, asked with {args.args}; "
                f'give one: Mocks(answers={{"{args.token}": {{...}}}})'
            )
        return {"id": "lookup", **(answer(args.args) if callable(answer) else answer)}

    def _computed(self, kind: str, name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """What the provider computes for a type, and components or programs read."""
        registry = f"{self.account_id}.dkr.ecr.{self.region}.amazonaws.com"
        computed: dict[str, Callable[[], dict[str, Any]]] = {
            "aws:acm/certificate:Certificate": lambda: {"domainValidationOptions": validation(inputs)},
            "aws:ec2/eip:Eip": lambda: {"publicIp": "203.0.113.10"},
            "aws:ec2/eipAssociation:EipAssociation": lambda: {"publicIp": "203.0.113.30"},
            "aws:ec2/instance:Instance": lambda: {
                "privateIp": "10.20.0.5",
                "primaryNetworkInterfaceId": f"{name}-eni",
            },
            "aws:ec2/keyPair:KeyPair": lambda: {"keyName": f"{name}-key"},
            "aws:ec2/natGateway:NatGateway": lambda: {"publicIp": "203.0.113.20"},
            "aws:ec2/vpc:Vpc": lambda: {"ipv6CidrBlock": "2a05:d018:1234:5600::/56"},
            "aws:ecr/repository:Repository": lambda: {"repositoryUrl": f"{registry}/{name}"},
            "aws:ecs/taskDefinition:TaskDefinition": lambda: {
                "arnWithoutRevision": f"arn:aws:ecs:{self.region}:{self.account_id}:task-definition/{name}"
            },
            "aws:eks/cluster:Cluster": lambda: eks_cluster(name, self.region),
            "aws:lb/loadBalancer:LoadBalancer": lambda: {
                "dnsName": f"{name}.elb.example",
                "arnSuffix": f"app/{name}/0a1b",
                "zoneId": "Z-ELB",
            },
            "aws:cloudwatch/metricAlarm:MetricAlarm": lambda: {
                "arn": f"arn:aws:cloudwatch:{self.region}:{self.account_id}:alarm:{name}"
            },
            "aws:lb/targetGroup:TargetGroup": lambda: {"arnSuffix": f"targetgroup/{name}/2c3d"},
            "aws:sqs/queue:Queue": lambda: {"url": f"https://sqs.{self.region}.amazonaws.com/{self.account_id}/{name}"},
            "docker:index/image:Image": lambda: {"repoDigest": f"{registry}/{name.rpartition('-')[0]}@{IMAGE_DIGEST}"},
            "pulumi-python:dynamic/slipway:PrivateKey": lambda: {"public_key": f"ssh-ed25519 AAAA {name}"},
        }
        return computed[kind]() if kind in computed else {}

    def _answers(self) -> dict[str, Answer]:
        """The look-ups of components, by token."""
        arn = f"{self.region}:{self.account_id}"

        def repository(args: Mapping[str, Any]) -> Mapping[str, Any]:
            return {
                "name": args["name"],
                "repositoryUrl": f"{self.account_id}.dkr.ecr.{self.region}.amazonaws.com/{args['name']}",
                "arn": f"arn:aws:ecr:{arn}:repository/{args['name']}",
            }

        return {
            "aws:index/getAvailabilityZones:getAvailabilityZones": {"names": [f"{self.region}{it}" for it in "cab"]},
            "aws:index/getCallerIdentity:getCallerIdentity": {
                "accountId": self.account_id,
                "arn": f"arn:aws:sts::{self.account_id}:assumed-role/deployer/mocks",
            },
            "aws:index/getPartition:getPartition": {"partition": "aws"},
            "aws:index/getRegion:getRegion": {"region": self.region},
            "aws:ecs/getCluster:getCluster": {
                "arn": f"arn:aws:ecs:{arn}:cluster/main",
                "serviceConnectDefaults": [{"namespace": f"arn:aws:servicediscovery:{arn}:namespace/ns-1"}],
            },
            "aws:eks/getCluster:getCluster": lambda args: {
                **eks_cluster(args["name"], self.region),
                "name": args["name"],
                "arn": f"arn:aws:eks:{arn}:cluster/{args['name']}",
                "certificateAuthorities": [{"data": AUTHORITY}],
            },
            "aws:ecr/getAuthorizationToken:getAuthorizationToken": {"userName": "AWS", "password": "token"},
            "aws:ecr/getImages:getImages": {"imageIds": []},
            "aws:ecr/getRepository:getRepository": repository,
            "aws:ssm/getParameter:getParameter": {"value": "ami-0123456789abcdef0"},
        }


def completed(computed: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Outputs: the inputs over what is computed; a block has both."""
    blocks = {key: value for key, value in computed.items() if isinstance(value, dict) and key in inputs}
    return {**computed, **inputs, **{key: {**value, **inputs[key]} for key, value in blocks.items()}}


def eks_cluster(name: str, region: str) -> dict[str, Any]:
    """What EKS computes for a cluster."""
    return {
        "endpoint": f"https://{name}.gr7.{region}.eks.amazonaws.com",
        "certificateAuthority": {"data": AUTHORITY},
        "vpcConfig": {"clusterSecurityGroupId": CLUSTER_GROUP},
        "identities": [{"oidcs": [{"issuer": f"https://oidc.eks.{region}.amazonaws.com/id/{name}"}]}],
    }


def validation(inputs: Mapping[str, Any]) -> list[dict[str, str]]:
    """DNS records that prove a certificate's domains; a wildcard has the record of its domain."""
    return [
        {
            "domainName": domain,
            "resourceRecordName": f"_x.{domain.removeprefix('*.')}",
            "resourceRecordType": "CNAME",
            "resourceRecordValue": "_y.aws",
        }
        for domain in (inputs["domainName"], *inputs.get("subjectAlternativeNames", []))
    ]
