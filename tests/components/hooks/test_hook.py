"""What a hook refuses is told in the names of the program's language."""

import asyncio

import pulumi
import pytest

from slipway.hooks import worded
from slipway.hooks._hook import Callback, in_words


async def refuse(_args: pulumi.ResourceHookArgs) -> None:
    raise pulumi.RunError("give a role as scan_role_arn")


def refusal(callback: Callback) -> str:
    """What the engine shows when it calls the hook, which is later than its component is made."""

    async def call() -> None:
        await callback(pulumi.ResourceHookArgs("urn", "id", "api-scan", "type"))

    with pytest.raises(pulumi.RunError) as caught:
        asyncio.run(call())
    return str(caught.value)


def test_a_hook_refuses_in_the_wording_of_the_component_that_has_made_it() -> None:
    with worded(lambda text: text.replace("scan_role_arn", "scanRoleArn")):
        of_the_plugin = in_words(refuse)
    assert refusal(of_the_plugin) == "give a role as scanRoleArn"
    assert refusal(in_words(refuse)) == "give a role as scan_role_arn", "in a program in Python"
