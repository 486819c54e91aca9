"""guard: which stacks go with a shell that is attached to the sandbox, and which with one that is not."""

import pytest

import slipway
from slipway.program import check_stack
from tests.support.components.mocks import build

SANDBOX = {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566", "PULUMI_DEBUG_PROVIDERS": "aws:1,docker:2"}


@pytest.mark.parametrize("stack", ["sandbox", "sandbox-2"])
@pytest.mark.parametrize("attached_by", [[], ["AWS_ENDPOINT_URL"], ["PULUMI_DEBUG_PROVIDERS"]])
def test_a_stack_of_the_sandbox_never_goes_to_aws(stack: str, attached_by: list[str]) -> None:
    check_stack(stack, SANDBOX)
    with pytest.raises(slipway.GuardError) as refused:
        check_stack(stack, {name: SANDBOX[name] for name in attached_by})
    assert str(refused.value) == (
        f"stack '{stack}' deploys to the sandbox on this machine, and this shell is not attached to it; "
        'run slipway sandbox run -- pulumi up, or eval "$(slipway sandbox env)"'
    )


@pytest.mark.parametrize("stack", ["dev", "prod", "sandboxes"])
def test_a_stack_of_aws_never_goes_to_the_sandbox(stack: str) -> None:
    check_stack(stack, {"AWS_ENDPOINT_URL": "https://vpce-1.sqs.eu-west-1.vpce.amazonaws.com"})
    with pytest.raises(slipway.GuardError) as refused:
        check_stack(stack, SANDBOX)
    assert str(refused.value) == (
        f"stack '{stack}' deploys to AWS, and this shell is attached to the sandbox by AWS_ENDPOINT_URL and "
        "PULUMI_DEBUG_PROVIDERS; open a new shell, or unset AWS_ENDPOINT_URL PULUMI_DEBUG_PROVIDERS"
    )


@pytest.mark.parametrize("named", ["dev", "test, dev", "d*"])
def test_a_stack_goes_to_both_where_the_user_names_it(named: str) -> None:
    check_stack("dev", {"SLIPWAY_SANDBOX_STACKS": named})
    check_stack("dev", SANDBOX | {"SLIPWAY_SANDBOX_STACKS": named})


def test_a_unit_test_in_an_attached_shell_is_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SANDBOX.items():
        monkeypatch.setenv(name, value)
    assert build(slipway.guard).resources == []
