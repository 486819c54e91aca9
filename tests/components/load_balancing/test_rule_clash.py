"""A rule that another stack has on the same listener: seen in the preview, by a look-up for new rules alone."""

import asyncio
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pulumi
import pytest
from pulumi.runtime.proto import provider_pb2, resource_pb2

from slipway.common import Context
from slipway.load_balancing import Rule
from slipway.load_balancing._rule_clash import check_free
from slipway.load_balancing._rule_conditions import RuleConditions
from tests.support.commands import HANG_SECONDS
from tests.support.components.mocks import ANSWERS, Answer, Built, build
from tests.support.components.service_samples import LISTENER

LOOK_UP = "aws:lb/getListenerRule:getListenerRule"
RULE = Rule("orders", RuleConditions(path_patterns=["/orders/*"]), 42117)
NEW = {"listenerArn": LISTENER, "priority": 42117.0}
WHO = "FargateService 'shop'"


class ProviderError(grpc.RpcError):
    """The engine's answer to a look-up that failed."""

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        return f"invocation of {LOOK_UP} returned an error: {self.args[0]}"


def failing(sentence: str) -> Answer:
    def fail(args: object) -> dict[str, Any]:
        raise ProviderError(sentence)

    return fail


def check(answer: Answer, new: Mapping[str, object] = NEW, old: Mapping[str, object] | None = None) -> Built:
    """The check of a rule in the preview, where the provider answers so."""
    context = Context(WHO, "shop", None, pulumi.ResourceOptions())
    return build(
        lambda: pulumi.Output.from_input(check_free(context, RULE, new, old or {})), {**ANSWERS, LOOK_UP: answer}
    )


@pytest.mark.parametrize(("tags", "other"), [({"Name": "stock-all"}, "rule 'stock-all'"), ({}, "a rule")])
def test_a_priority_that_is_taken_is_one_sentence(tags: dict[str, str], other: str) -> None:
    with pytest.raises(pulumi.RunError) as caught:
        check({"arn": "arn:x", "priority": 42117, "tags": tags})
    assert str(caught.value) == (
        f"{WHO}: listener.rules.orders has priority 42117 like {other} of another stack on this listener; it asks for the "
        "same, unless set by hand: ask for something else, or set listener.rules.orders.priority, such as 42118"
    )


def test_a_priority_that_is_free_is_looked_up_once_and_fine() -> None:
    [call] = check(failing('reading ELBv2 Listener Rule Data Source ("arn"/42117): empty result')).calls
    assert (call.token, call.args) == (LOOK_UP, {"listenerArn": LISTENER, "priority": 42117})


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ({"priority": 42117.0}, {}),  # the listener is made in the same update
        (NEW, {"listenerArn": LISTENER, "priority": 42117.0}),  # the rule's own priority, on a change of its conditions
    ],
)
def test_nothing_is_looked_up_where_nothing_can_clash(new: dict[str, object], old: dict[str, object]) -> None:
    assert check(failing("never asked"), new, old).calls == []


def test_a_look_up_that_is_denied_warns_and_lets_the_preview_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    warnings: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", warnings.append)
    check(failing("not authorized to perform:\n elasticloadbalancing:DescribeRules"))
    assert warnings == [
        f"{WHO}: listener.rules.orders cannot be compared with the rules of other stacks: not authorized to perform: "
        "elasticloadbalancing:DescribeRules; allow elasticloadbalancing:DescribeRules and DescribeTags, or the update "
        "shows a clash"
    ]


def test_a_look_up_waits_for_no_thread_of_the_sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK's threads wait for resources, and those for the hook that looks up."""

    class Monitor:
        def Invoke(self, request: resource_pb2.ResourceInvokeRequest) -> provider_pb2.InvokeResponse:  # noqa: N802
            answer = provider_pb2.InvokeResponse()
            getattr(answer, "return").update({"tags": {"Name": request.tok}})
            return answer

    monkeypatch.setattr(pulumi.runtime.settings, "get_monitor", Monitor)
    resources_are_made = threading.Event()

    async def preview() -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(1))
        loop.run_in_executor(None, resources_are_made.wait)
        try:
            with pytest.raises(pulumi.RunError, match=f"like rule '{LOOK_UP}' of another stack"):
                await asyncio.wait_for(
                    check_free(Context(WHO, "shop", None, pulumi.ResourceOptions()), RULE, NEW, {}), HANG_SECONDS
                )
        finally:
            resources_are_made.set()

    asyncio.run(preview())
