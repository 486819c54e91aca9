"""The verdict's questions: how a look-up fails, and whose credentials give reasons."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pulumi
import pytest
from moto import mock_aws

from slipway.common import Context
from slipway.credentials import ENVIRONMENT, Keys
from slipway.deployment._evidence import UnreadableError, reader
from slipway.deployment._questions import Questions, refusal, shared_reader
from slipway.deployment._wait import DeploymentFailedError, NotAnsweredError
from tests.support.components.ecs_history import ROLLED_BACK, watched

FAILED = "invoke of aws:ecs/getService:getService failed: reading ECS Service (shop): operation error ECS: DescribeServices, "
DENIED = f"{FAILED}https response error StatusCode: 400, api error AccessDeniedException: no"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An account 123456789012 in process."""
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        yield


def test_a_look_up_without_a_right_is_a_verdict_that_names_the_right() -> None:
    error = refusal("service 'shop'", DENIED)
    assert isinstance(error, DeploymentFailedError)
    assert str(error) == (
        f"service 'shop': the deployment cannot be looked at: {DENIED}; "
        "give the AWS provider's credentials ecs:DescribeServices"
    )


@pytest.mark.parametrize(
    "word", ["ThrottlingException: Rate exceeded", "ServiceUnavailable", "read: connection reset by peer"]
)
def test_a_failure_that_may_pass_is_asked_about_again(word: str) -> None:
    assert isinstance(refusal("service 'shop'", FAILED + word), NotAnsweredError)


@pytest.mark.usefixtures("aws")
def test_reasons_come_from_the_account_of_the_service_alone() -> None:
    environment = reader("eu-west-1", ENVIRONMENT, "")
    elsewhere = watched(service="arn:aws:ecs:eu-west-1:999999999999:service/main/shop")
    with pytest.raises(UnreadableError, match=r"^the environment's credentials are of the account 123456789012$"):
        environment.aws(elsewhere)
    assert environment.aws(watched()).targets() == []
    given = reader("eu-west-1", Keys(None, "AKIA", "secret"), "")
    with pytest.raises(UnreadableError, match=r"^the AWS provider's profile or keys are of the account 123456789012$"):
        given.aws(elsewhere)


@pytest.mark.usefixtures("plain_moto", "aws")
def test_a_role_reads_reasons_in_the_account_of_the_service() -> None:
    role = "arn:aws:iam::999999999999:role/reads"
    elsewhere = watched(service="arn:aws:ecs:eu-west-1:999999999999:service/main/shop", role_arn=role)
    found = reader(elsewhere.region, ENVIRONMENT, elsewhere.role_arn)
    assert found.client("sts").get_caller_identity()["Arn"] == (
        "arn:aws:sts::999999999999:assumed-role/reads/slipway-verdict"
    )
    assert found.aws(elsewhere).targets() == []
    with pytest.raises(UnreadableError, match=rf"^{role} is of the account 999999999999$"):
        found.aws(watched())


@pytest.mark.usefixtures("aws")
def test_the_services_of_a_run_share_the_credentials_that_read_reasons() -> None:
    async def ask() -> None:
        first, second = await asyncio.gather(
            shared_reader("eu-west-1", ENVIRONMENT, ""), shared_reader("eu-west-1", ENVIRONMENT, "")
        )
        assert first is second
        assert first.client("ecs") is second.client("ecs"), "a client takes time to make"
        assert await shared_reader("us-east-1", ENVIRONMENT, "") is not first

    asyncio.run(ask())


NO_PROFILE = "tasks and log: The config profile (lost) could not be found; "
RIGHTS = "ecs:ListTasks, ecs:DescribeTasks and logs:GetLogEvents"


@pytest.mark.parametrize(
    ("role_arn", "fix"),
    [
        (
            "",
            f"run with credentials of the account 123456789012 that may {RIGHTS}, or give a role for them as verdict_role_arn",
        ),
        (
            "arn:aws:iam::123456789012:role/reads",
            f"give verdict_role_arn a role of the account 123456789012 that may {RIGHTS}",
        ),
    ],
)
def test_without_reasons_the_verdict_says_whose_credentials_read_them(
    role_arn: str, fix: str, credentials: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_PROFILE", "lost")
    questions = Questions(watched(role_arn=role_arn), Context("", "", None, pulumi.ResourceOptions()))
    evidence = asyncio.run(questions.evidence(ROLLED_BACK, None, []))
    assert list(evidence.unseen) == [NO_PROFILE + fix]


def test_clients_have_the_region_of_the_service_and_the_patience_of_a_wait(
    aws: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    client = reader("eu-west-1", ENVIRONMENT, "").client
    assert client("logs").meta.region_name == "eu-west-1"
    assert client("ecs").meta.config.retries == {"mode": "standard", "total_max_attempts": 8}
