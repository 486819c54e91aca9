"""A recording engine for component tests: builds under Pulumi's mocks and keeps whole registrations."""

import asyncio
import gc
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime import mocks, resource

from tests.support.components.service_samples import SHARED_OUTPUTS

ACCOUNT = "123456789012"
REGION = "eu-west-1"
ZONES = ["eu-west-1c", "eu-west-1a", "eu-west-1b"]
STACK_TYPE = "pulumi:pulumi:Stack"

# What the real provider computes, for the outputs that other resources or tests read.
COMPUTED: Mapping[str, Callable[[str], dict[str, Any]]] = {
    "aws:ec2/eip:Eip": lambda name: {"publicIp": "203.0.113.10"},
    "aws:ec2/eipAssociation:EipAssociation": lambda name: {"publicIp": "203.0.113.30"},
    "aws:ec2/instance:Instance": lambda name: {"privateIp": "10.20.0.5", "primaryNetworkInterfaceId": f"{name}-eni"},
    "aws:ec2/natGateway:NatGateway": lambda name: {"publicIp": "203.0.113.20"},
    "aws:ec2/vpc:Vpc": lambda name: {"ipv6CidrBlock": "2a05:d018:1234:5600::/56"},
    "aws:ec2/keyPair:KeyPair": lambda name: {"keyName": f"{name}-key"},
    "aws:ecr/repository:Repository": lambda name: {"repositoryUrl": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{name}"},
    "aws:lb/loadBalancer:LoadBalancer": lambda name: {
        "dnsName": f"{name}.elb.example",
        "arnSuffix": f"app/{name}/0a1b",
        "zoneId": "Z-ELB",
    },
    "aws:acm/certificate:Certificate": lambda name: {
        "domainValidationOptions": [
            {
                "domainName": domain,
                "resourceRecordName": "_x.shop.example.com",
                "resourceRecordType": "CNAME",
                "resourceRecordValue": "_y.aws",
            }
            for domain in ("shop.example.com", "*.shop.example.com")
        ]
    },
    "aws:lb/targetGroup:TargetGroup": lambda name: {"arnSuffix": f"targetgroup/{name}/2c3d"},
    "aws:sqs/queue:Queue": lambda name: {"url": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}"},
    "docker:index/image:Image": lambda name: {
        "repoDigest": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{name.rpartition('-')[0]}@sha256:{'a' * 64}"
    },
    "pulumi-python:dynamic/slipway:PrivateKey": lambda name: {"public_key": f"ssh-ed25519 AAAA {name}"},
}

Answer = dict[str, Any] | Callable[[Any], dict[str, Any]]
ANSWERS: Mapping[str, Answer] = {
    "aws:index/getAvailabilityZones:getAvailabilityZones": {"names": ZONES},
    "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": ACCOUNT},
    "aws:index/getPartition:getPartition": {"partition": "aws"},
    "aws:index/getRegion:getRegion": {"region": REGION},
    "aws:ecs/getCluster:getCluster": {
        "arn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/main",
        "serviceConnectDefaults": [{"namespace": "arn:aws:servicediscovery:eu-west-1:123456789012:namespace/ns-1"}],
    },
    "aws:ecr/getAuthorizationToken:getAuthorizationToken": {"userName": "AWS", "password": "token"},
    "aws:ecr/getImages:getImages": {"imageIds": []},
    "aws:ecr/getRepository:getRepository": lambda args: {
        "name": args["name"],
        "repositoryUrl": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{args['name']}",
        "arn": f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/{args['name']}",
    },
    "aws:ssm/getParameter:getParameter": {"value": "ami-0123456789abcdef0"},
    "pulumi:pulumi:readStackOutputs": {"outputs": SHARED_OUTPUTS, "secretOutputNames": ["platform-database-password"]},
}


@dataclass
class Resource:
    """One registration as the engine saw it."""

    urn: str
    type: str
    name: str
    inputs: dict[str, Any]
    ignore_changes: list[str]
    replace_on_changes: list[str]
    depends_on: set[str]
    provider: str
    delete_before_replace: bool
    replacement_trigger: object

    @property
    def parents(self) -> list[str]:
        """Types from the outermost component down to this resource."""
        return self.urn.split("::")[2].split("$")


@dataclass
class Built:
    """Everything that was registered while building, and the outputs that components registered."""

    resources: list[Resource] = field(default_factory=list)
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[pulumi.runtime.MockCallArgs] = field(default_factory=list)

    def of_type(self, suffix: str) -> list[Resource]:
        """Registrations whose type ends so, by name."""
        return sorted((it for it in self.resources if it.type.endswith(suffix)), key=lambda it: it.name)

    def one(self, suffix: str, name: str) -> Resource:
        """The one registration of this type and name."""
        found = [it for it in self.of_type(suffix) if it.name == name]
        assert len(found) == 1, f"{len(found)} {suffix} named {name}, of {[it.name for it in self.of_type(suffix)]}"
        return found[0]

    def counts(self) -> dict[str, int]:
        """How many registrations there are of each provider's type."""
        types = [it.type for it in self.resources if not it.type.startswith("slipway:")]
        return {kind: types.count(kind) for kind in sorted(set(types))}

    def awaited(self, user: str) -> set[str]:
        """Everything that a resource waits for, directly or through others; all by type and name."""
        needs = defaultdict[str, set[str]](set)
        for it in self.resources:
            needs[short(it.urn)] |= it.depends_on
        reached, left = set[str](), [user]
        while left:
            new = needs[left.pop()] - reached
            reached |= new
            left += new
        return reached

    def opened_ports(self) -> dict[str, tuple[str, int, str]]:
        """Rules between security groups by name: the group, the port and the other group."""
        return {
            rule.name: (rule.inputs["securityGroupId"], rule.inputs["toPort"], rule.inputs["referencedSecurityGroupId"])
            for kind in ("Ingress", "Egress")
            for rule in self.of_type(f"securityGroup{kind}Rule:SecurityGroup{kind}Rule")
            if "referencedSecurityGroupId" in rule.inputs
        }

    def component_outputs(self, kind: str) -> dict[str, Any]:
        """What the one component of this class registered as its outputs."""
        found = [outputs for urn, outputs in self.outputs.items() if urn.split("::")[2].endswith(f":{kind}")]
        assert len(found) == 1
        return found[0]


class Answers(pulumi.runtime.Mocks):
    """Gives resources what the provider would compute; a lookup without an answer is an error."""

    def __init__(self, built: Built, answers: Mapping[str, Answer]) -> None:
        self.built = built
        self.answers = answers

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        service = args.typ.split(":")[1].split("/")[0] if ":" in args.typ else args.typ
        name = args.name + (".fifo" if args.inputs.get("fifoQueue") else "")
        computed = {"arn": f"arn:aws:{service}:{REGION}:{ACCOUNT}:{args.name}", "name": name}
        computed |= COMPUTED[args.typ](args.name) if args.typ in COMPUTED else {}
        return f"{args.name}-id", computed | args.inputs

    def call(self, args: pulumi.runtime.MockCallArgs) -> dict[str, Any]:  # type: ignore[override]
        self.built.calls.append(args)
        answer = self.answers[args.token]
        return {"id": "lookup", **(answer(args.args) if callable(answer) else answer)}


class Monitor(mocks.MockMonitor):
    """Keeps what the mocks do not: options and registered outputs."""

    def __init__(self, built: Built, answers: Mapping[str, Answer]) -> None:
        super().__init__(Answers(built, answers))
        self.built = built

    def Invoke(self, request: Any) -> Any:  # noqa: N802
        with own_loop():
            return super().Invoke(request)  # type: ignore[no-untyped-call]

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802
        with own_loop():
            response = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        if request.type != STACK_TYPE:
            inputs = pulumi.runtime.rpc.deserialize_properties(request.object)
            inputs.pop("__provider", None)
            self.built.resources.append(
                Resource(
                    urn=response.urn,
                    type=request.type,
                    name=request.name,
                    inputs=inputs,
                    ignore_changes=list(request.ignoreChanges),
                    replace_on_changes=list(request.replaceOnChanges),
                    depends_on={short(urn) for urn in request.dependencies},
                    provider=request.provider,
                    delete_before_replace=request.deleteBeforeReplace,
                    replacement_trigger=trigger(request),
                )
            )
        return response

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802
        outputs = pulumi.runtime.rpc.deserialize_properties(request.outputs)
        self.built.outputs[request.urn] = outputs
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]


def trigger(request: Any) -> object:
    """The value whose change replaces the resource; None without one."""
    if not request.HasField("replacement_trigger"):
        return None
    wrapped = Struct(fields={"trigger": request.replacement_trigger})
    return pulumi.runtime.rpc.deserialize_properties(wrapped)["trigger"]


def short(urn: str) -> str:
    """URN to its type's last part and its name."""
    *_, types, name = urn.split("::")
    return f"{types.rsplit(':', maxsplit=1)[-1]} {name}"


@contextmanager
def own_loop() -> Iterator[None]:
    """An event loop for this thread that is closed in the end; the SDK's mocks leave theirs open."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        yield
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        asyncio.set_event_loop(None)
        loop.close()


@contextmanager
def unchanged_sdk() -> Iterator[None]:
    """A construction may be a whole program, which may speed the process up; the next one gets the SDK as it was."""
    debug, stack_trace, collects = pulumi.log.debug, resource._get_stack_trace, gc.isenabled()  # noqa: SLF001 - no switch
    try:
        yield
    finally:
        pulumi.log.debug = debug
        resource._get_stack_trace = stack_trace  # noqa: SLF001
        if collects:
            gc.enable()


def build(construct: Callable[[], Any], answers: Mapping[str, Answer] = ANSWERS) -> Built:
    """Run a construction to its end and return everything it registered."""
    built = Built()
    monitor = Monitor(built, answers)
    with own_loop(), unchanged_sdk():
        mocks.set_mocks(monitor.mocks, monitor=monitor)
        pulumi.runtime.settings.SETTINGS.root_directory = str(
            Path.cwd()
        )  # a program in a folder, and not an inline one
        pulumi.runtime.test(construct)()  # type: ignore[no-untyped-call]
    return built
