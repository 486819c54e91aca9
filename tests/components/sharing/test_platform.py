"""Platform.read: plain values from another stack, secrets as secrets, and one sentence for everything that is not so."""

import asyncio
import copy
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import grpc
import pulumi
import pytest

from slipway import Platform, PlatformNetwork, PlatformQueue, PlatformTopic
from tests.support.components.mocks import ANSWERS, build
from tests.support.components.refusals import refusal
from tests.support.components.service_samples import (
    CLUSTER,
    KEY,
    LISTENER,
    QUEUE,
    QUEUE_URL,
    SHARED_OUTPUTS,
    SHARED_PLATFORM,
    TOPIC,
)


class EngineError(grpc.RpcError):
    """The engine's answer to a look-up that failed."""

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        return f"invocation of pulumi:pulumi:readStackOutputs returned an error: {self.args[0]}"


STACK = "organization/platform/prod"


def answering(outputs: object, secret_names: object = ("platform-database-password",)) -> dict[str, Any]:
    """Answers of an engine whose other stack has these outputs."""
    return {
        **ANSWERS,
        "pulumi:pulumi:readStackOutputs": lambda args: {
            "name": args["name"],
            "outputs": outputs,
            "secretOutputNames": list(typed(secret_names)),
        },
    }


def typed(names: object) -> tuple[str, ...]:
    return names if isinstance(names, tuple) else ()


def test_parts_are_plain_values_and_only_a_secret_is_secret() -> None:
    def program() -> pulumi.Output[None]:
        platform = Platform.read(STACK)
        assert platform.network == PlatformNetwork(
            vpc_id="vpc-00000001",
            cidr_block="10.20.0.0/16",
            public_subnet_ids=["subnet-00000003", "subnet-00000004"],
            private_subnet_ids=["subnet-00000001", "subnet-00000002"],
            isolated_subnet_ids=[],
        )
        assert (platform.cluster.cluster_arn, platform.cluster.exec_log_group_arn) == (CLUSTER, None)
        assert (platform.load_balancer.listener_arn, platform.load_balancer.zone_id) == (LISTENER, "Z123")
        assert platform.topic("orders") == PlatformTopic(TOPIC, KEY)
        assert platform.topic("returns") == PlatformTopic(f"{TOPIC}-returns", None)
        assert platform.queue("work") == PlatformQueue(QUEUE, QUEUE_URL, None, None)
        assert platform.value("domain") == "shop.example.com"
        password = platform.secret("database-password")

        async def check() -> None:
            assert await password.is_secret()
            assert await password.future() == "hunter2"

        return pulumi.Output.from_input(asyncio.ensure_future(check()))

    assert build(program, answering(SHARED_OUTPUTS)).resources == [], (
        "reading registers nothing, so a refresh reads nothing"
    )


def test_another_output_can_be_named() -> None:
    build(
        lambda: Platform.read(STACK, "shared").cluster,
        answering({"shared": {"version": 1, "cluster": SHARED_PLATFORM["cluster"]}}),
    )


def changed(path: str, value: object) -> dict[str, Any]:
    """The outputs with another value at a path; None takes the key away, as the engine does."""
    outputs = copy.deepcopy(SHARED_OUTPUTS)
    *above, last = path.split(".")
    inside: Any = outputs["platform"]
    for key in above:
        inside = inside[key]
    if value is None:
        del inside[last]
    else:
        inside[last] = value
    return outputs


class Refused(NamedTuple):
    """Outputs of the other stack, what is asked for, and the sentence after `Platform '...': `."""

    outputs: Mapping[str, object]
    asked: Callable[[Platform], object]
    says: str


NOT_DEPLOYED = "must have a value, got none; it is not deployed yet, run pulumi up in that stack first"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


@pytest.mark.parametrize(
    "case",
    [
        Refused(
            {}, lambda it: it, "output 'platform' must be there, got no outputs; run pulumi up in that stack first"
        ),
        Refused(
            {"url": "x", "api": "y"},
            lambda it: it,
            "output 'platform' must be there, got the outputs api, url; "
            "call export_platform in its program, then run pulumi up in that stack",
        ),
        Refused(
            {"platform": "vpc-1"},
            lambda it: it,
            "output 'platform' must be the object of export_platform, got 'vpc-1'; "
            "call export_platform in that stack's program",
        ),
        Refused(
            changed("version", 2.0),
            lambda it: it,
            "output 'platform' has version 2, and this program reads version 1; install a newer slipway-components here",
        ),
        Refused(
            changed("version", 0),
            lambda it: it,
            "output 'platform' has version 0, and this program reads version 1; "
            "run pulumi up in that stack with this version of slipway-components",
        ),
        Refused(
            changed("version", "1"),
            lambda it: it,
            "the version of output 'platform' must be a number, got '1'; call export_platform in that stack's program",
        ),
        Refused(
            changed("network", None),
            lambda it: it.network,
            "network is not shared, got cluster, loadBalancer, queues, secrets, topics, values; "
            "pass it to export_platform in that stack, then run pulumi up in that stack",
        ),
        Refused(
            SHARED_OUTPUTS,
            lambda it: it.topic("order"),
            "topics.order is not shared, got orders, returns; did you mean orders?",
        ),
        Refused(
            SHARED_OUTPUTS,
            lambda it: it.secret("token"),
            "secrets.token is not shared, got database-password; "
            "pass it to export_platform in that stack, then run pulumi up in that stack",
        ),
        Refused(changed("network.vpcId", ""), lambda it: it.network, f"network.vpcId {NOT_DEPLOYED}"),
        Refused(changed("network.vpcId", None), lambda it: it.network, f"network.vpcId {NOT_DEPLOYED}"),
        Refused(
            changed("network.privateSubnetIds", None), lambda it: it.network, f"network.privateSubnetIds {NOT_DEPLOYED}"
        ),
        Refused(
            changed("network.privateSubnetIds", ["subnet-00000001", UNKNOWN]),
            lambda it: it.network,
            f"network.privateSubnetIds[1] {NOT_DEPLOYED}",
        ),
        Refused(changed("values.domain", ""), lambda it: it.value("domain"), f"values.domain {NOT_DEPLOYED}"),
        Refused(
            {"platform": SHARED_PLATFORM},
            lambda it: it.secret("database-password"),
            f"secrets.database-password {NOT_DEPLOYED}",
        ),
        Refused(
            changed("cluster.clusterArn", [CLUSTER]),
            lambda it: it.cluster,
            f"cluster.clusterArn must be text, got ['{CLUSTER}']; share it with export_platform",
        ),
        Refused(
            changed("cluster.clusterArn", "main"),
            lambda it: it.cluster,
            "cluster.clusterArn must be the ARN of a cluster, got 'main'",
        ),
        Refused(
            changed("network.privateSubnetIds", "subnet-00000001"),
            lambda it: it.network,
            "network.privateSubnetIds must be a list, got 'subnet-00000001'; share it with export_platform",
        ),
        Refused(
            changed("topics.orders", TOPIC),
            lambda it: it.topic("orders"),
            f"topics.orders must be a mapping, got '{TOPIC}'; share it with export_platform",
        ),
        Refused(
            SHARED_OUTPUTS | {"platform-database-password": {}},
            lambda it: it.secret("database-password"),
            "secrets.database-password must be decrypted, got it encrypted; set PULUMI_CONFIG_PASSPHRASE or "
            "PULUMI_CONFIG_PASSPHRASE_FILE to the passphrase of that stack, or give both stacks one key of AWS KMS as "
            "secrets provider",
        ),
    ],
    ids=lambda case: case.says[:60],
)
def test_what_cannot_be_read_is_one_sentence(case: Refused) -> None:
    sentence = refusal(lambda: case.asked(Platform.read(STACK)), answering(case.outputs))
    assert sentence == f"Platform '{STACK}': {case.says}"


def test_a_secret_object_is_refused_since_all_of_it_would_become_secret() -> None:
    sentence = refusal(lambda: Platform.read(STACK), answering(SHARED_OUTPUTS, ("platform",)))
    assert sentence == (
        f"Platform '{STACK}': output 'platform' must not be secret, got a secret; "
        "pass secrets to export_platform in secrets"
    )


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (
            'unknown stack "organization/platform/prod"',
            "the stack must be there, got none of this name in the backend; write it as organization/project/stack, "
            "and log in where it is, as pulumi whoami -v shows",
        ),
        (
            "organization name must be 'organization'",
            "the stack cannot be read: organization name must be 'organization'; "
            "your login and the secrets provider of that stack must let you read it",
        ),
    ],
)
def test_a_stack_that_the_engine_does_not_read_is_one_sentence(error: str, says: str) -> None:
    def fail(args: object) -> dict[str, Any]:
        raise EngineError(error)

    sentence = refusal(lambda: Platform.read(STACK), {**ANSWERS, "pulumi:pulumi:readStackOutputs": fail})
    assert sentence == f"Platform '{STACK}': {says}"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "the stack's name must not be empty, got ''; give it a value"),
        (None, "the stack's name must be text, got None; write organization/project/stack"),
    ],
)
def test_a_name_that_is_none_is_one_sentence(name: Any, says: str) -> None:
    assert refusal(lambda: Platform.read(name)) == f"Platform {name!r}: {says}"
