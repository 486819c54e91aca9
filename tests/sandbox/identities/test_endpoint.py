"""Credentials of tasks: the endpoint as botocore reads it, and the lives of sessions."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests
from botocore.credentials import ContainerProvider

from slipway_sandbox.identities.endpoint import TOKEN, URI, CredentialsEndpoint
from slipway_sandbox.identities.sessions import Sessions
from tests.support.commands import HANG_SECONDS

ROLE = "arn:aws:iam::123456789012:role/app"
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = BEGIN

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def sessions() -> Sessions:
    return Sessions()


@pytest.fixture
def endpoint(sessions: Sessions) -> Iterator[CredentialsEndpoint]:
    opened = CredentialsEndpoint(sessions)
    opened.open("127.0.0.1")
    yield opened
    opened.close()


def test_an_sdk_finds_the_credentials_of_its_task(endpoint: CredentialsEndpoint, sessions: Sessions) -> None:
    found = ContainerProvider(endpoint.variables(ROLE, "task-1")).load()
    assert found is not None
    session = sessions.of(ROLE, "task-1")
    frozen = found.get_frozen_credentials()
    assert (frozen.access_key, frozen.secret_key, frozen.token) == (session.key_id, session.secret_key, session.token)


def test_no_task_reads_the_credentials_of_another(endpoint: CredentialsEndpoint) -> None:
    own, other = endpoint.variables(ROLE, "task-1"), endpoint.variables(ROLE, "task-2")
    answers = [
        requests.get(other[URI], headers={"Authorization": token}, timeout=HANG_SECONDS).status_code
        for token in ("", own[TOKEN], other[TOKEN])
    ]
    assert answers == [400, 400, 200]


def test_an_ended_task_has_no_credentials_any_more(endpoint: CredentialsEndpoint, sessions: Sessions) -> None:
    variables, key = endpoint.variables(ROLE, "task-1"), sessions.of(ROLE, "task-1").key_id
    endpoint.forget("task-1")
    answer = requests.get(variables[URI], headers={"Authorization": variables[TOKEN]}, timeout=HANG_SECONDS)
    assert answer.json() == {
        "code": "InvalidIdInRequest",
        "message": "CredentialsV2Request: ID not found",
        "HTTPErrorCode": 400,
    }
    assert sessions.by_key(key) is None


def test_without_an_address_a_task_has_its_credentials_as_variables(sessions: Sessions) -> None:
    variables = CredentialsEndpoint(sessions).variables(ROLE, "task-1")
    session = sessions.of(ROLE, "task-1")
    assert variables == {
        "AWS_ACCESS_KEY_ID": session.key_id,
        "AWS_SECRET_ACCESS_KEY": session.secret_key,
        "AWS_SESSION_TOKEN": session.token,
    }


def test_credentials_last_six_hours_and_are_renewed_half_an_hour_before_their_end() -> None:
    clock = Clock()
    sessions = Sessions(clock)
    first = sessions.of(ROLE, "task-1")
    assert first.expires_at == BEGIN + timedelta(hours=6)
    clock.now = BEGIN + timedelta(hours=5, minutes=29)
    assert sessions.of(ROLE, "task-1") is first
    clock.now = BEGIN + timedelta(hours=5, minutes=30)
    second = sessions.of(ROLE, "task-1")
    assert second.expires_at == clock.now + timedelta(hours=6)
    assert [sessions.by_key(session.key_id) for session in (first, second)] == [first, second], (
        "the old ones still hold"
    )


def test_two_tasks_of_a_role_have_sessions_of_their_own(sessions: Sessions) -> None:
    assert sessions.of(ROLE, "task-1").key_id != sessions.of(ROLE, "task-2").key_id
