"""State stores a provider as a module path and a class name: these stay, earlier ones still load, and are replaced once."""

import base64
import subprocess
import sys
from pathlib import Path

import pytest
from pulumi.dynamic.dynamic import serialize_provider

from slipway.dynamic.private_key import PrivateKeyProvider
from slipway.dynamic.verdict import VerdictProvider
from tests.support.components.stored_classes import STORED, Stored

EVERY = pytest.mark.parametrize("stored", STORED, ids=lambda stored: stored.path.rpartition(".")[2])


@EVERY
def test_state_stores_a_reference_that_never_changes(stored: Stored) -> None:
    provider = type(stored.provider)
    assert f"{provider.__module__}.{provider.__qualname__}" == stored.path
    assert serialize_provider(stored.provider) == stored.today, "states name this path: the class must not move"


@EVERY
@pytest.mark.parametrize("age", ["today", "earlier"])
def test_a_new_process_loads_the_class_from_the_state(stored: Stored, age: str) -> None:
    pickled = base64.b64decode(stored.today if age == "today" else stored.earlier)
    program = (
        f"import dill; loaded = type(dill.loads({pickled!r})); print(loaded.__module__ + '.' + loaded.__qualname__)"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert loaded.strip() == stored.path


def test_a_verdict_of_an_earlier_version_is_read_and_deleted_without_asking_aws(engine: object) -> None:
    provider, state = VerdictProvider(), {"service": "shop", "task_definition_arn": "shop:7"}
    assert provider.read("shop", state).outs == state
    provider.delete("shop", state)


def test_a_private_key_keeps_everything_but_the_path_of_its_class(tmp_path: Path) -> None:
    provider, props = PrivateKeyProvider(), {"path": str(tmp_path / "door.pem"), "comment": "door"}
    key = provider.create(props)
    assert key.outs is not None
    olds, news = key.outs | {"__provider": "earlier"}, props | {"__provider": "today"}
    found = provider.diff(key.id, olds, news)
    assert (found.changes, found.replaces) == (True, [])
    assert provider.update(key.id, olds, news).outs == key.outs
    assert provider.diff(key.id, olds | {"__provider": "today"}, news).changes is False


def test_a_preview_knows_the_public_half_of_a_key_that_exists(tmp_path: Path) -> None:
    provider, props = PrivateKeyProvider(), {"path": str(tmp_path / "door.pem"), "comment": "door", "public_key": None}
    assert provider.check({}, props).inputs == props, "there is no key yet"
    key = provider.create(props)
    assert key.outs is not None
    assert provider.check(props, props).inputs == props | {"public_key": key.outs["public_key"]}
