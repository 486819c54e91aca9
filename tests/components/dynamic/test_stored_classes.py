"""State stores a provider as a module path and a class name: these stay, earlier ones still load, and are replaced once."""

import base64
import dataclasses
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from pulumi import dynamic
from pulumi.dynamic.dynamic import serialize_provider

from slipway.deployment import Aws
from slipway.dynamic.image_check import ImageCheckProvider
from slipway.dynamic.image_question import ImageQuestionProvider
from slipway.dynamic.image_scan import ImageScanProvider
from slipway.dynamic.private_key import PrivateKeyProvider
from slipway.dynamic.verdict import VerdictProvider
from tests.support.components.ecs_history import ASKED, PROPS, World, deployment, service

CHECKOUT = Path(__file__).parents[3]
SECONDS = 120  # for a command that hangs


@dataclasses.dataclass(frozen=True)
class Stored:
    """A provider, and the texts under `__provider` in a state: written today, and before the modules moved."""

    provider: dynamic.ResourceProvider
    path: str
    today: str
    earlier: str


STORED = [
    Stored(
        VerdictProvider(),
        "slipway.dynamic.verdict.VerdictProvider",
        "gASVMgAAAAAAAACMF3NsaXB3YXkuZHluYW1pYy52ZXJkaWN0lIwPVmVyZGljdFByb3ZpZGVylJOUKYGULg==",
        "gASVKwAAAAAAAACMEHNsaXB3YXkuX3ZlcmRpY3SUjA9WZXJkaWN0UHJvdmlkZXKUk5QpgZQu",
    ),
    Stored(
        PrivateKeyProvider(),
        "slipway.dynamic.private_key.PrivateKeyProvider",
        "gASVOQAAAAAAAACMG3NsaXB3YXkuZHluYW1pYy5wcml2YXRlX2tleZSMElByaXZhdGVLZXlQcm92aWRlcpSTlCmBlC4=",
        "gASVMgAAAAAAAACMFHNsaXB3YXkuX3ByaXZhdGVfa2V5lIwSUHJpdmF0ZUtleVByb3ZpZGVylJOUKYGULg==",
    ),
    Stored(
        ImageCheckProvider(),
        "slipway.dynamic.image_check.ImageCheckProvider",
        "gASVOQAAAAAAAACMG3NsaXB3YXkuZHluYW1pYy5pbWFnZV9jaGVja5SMEkltYWdlQ2hlY2tQcm92aWRlcpSTlCmBlC4=",
        "gASVMgAAAAAAAACMFHNsaXB3YXkuX2ltYWdlX2NoZWNrlIwSSW1hZ2VDaGVja1Byb3ZpZGVylJOUKYGULg==",
    ),
    Stored(
        ImageScanProvider(),
        "slipway.dynamic.image_scan.ImageScanProvider",
        "gASVNwAAAAAAAACMGnNsaXB3YXkuZHluYW1pYy5pbWFnZV9zY2FulIwRSW1hZ2VTY2FuUHJvdmlkZXKUk5QpgZQu",
        "gASVMAAAAAAAAACME3NsaXB3YXkuX2ltYWdlX3NjYW6UjBFJbWFnZVNjYW5Qcm92aWRlcpSTlCmBlC4=",
    ),
]
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


class Counting(ImageQuestionProvider):
    """Counts its questions."""

    asked = 0

    def ask(self, props: Mapping[str, object]) -> None:
        self.asked += 1


class Deployed(VerdictProvider):
    """Asks a service that runs what was declared."""

    def _aws(self, props: Mapping[str, object]) -> Aws:
        return Aws(World(service(deployment("PRIMARY", ASKED, "COMPLETED", running=2))), dict(props))


def test_an_image_is_not_asked_about_again_for_a_new_path() -> None:
    earlier = {"image": "shop:1", "__provider": "earlier"}
    provider, news = Counting(), earlier | {"__provider": "today"}
    assert provider.diff("id", earlier, news).changes is True
    assert provider.update("id", earlier, news).outs == news
    assert provider.asked == 0
    provider.update("id", earlier, news | {"image": "shop:2"})
    assert provider.asked == 1


def test_a_verdict_is_recorded_with_its_new_path_and_no_wait(engine: object) -> None:
    provider, news = Deployed(), PROPS | {"__provider": "today"}
    assert provider.diff("id", PROPS | {"__provider": "today"}, news).changes is False
    assert provider.diff("id", PROPS | {"__provider": "earlier"}, news).changes is True
    assert provider.update("id", PROPS | {"__provider": "earlier"}, news).outs == news


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


PROGRAM = """
import pulumi
from pulumi import dynamic

from slipway.dynamic import PrivateKey


class Instance(dynamic.Resource):
    def __init__(self, name, public_key):
        super().__init__(InstanceProvider(), name, {"public_key": public_key})


class InstanceProvider(dynamic.ResourceProvider):
    serialize_as_secret_always = False

    def create(self, props):
        return dynamic.CreateResult("i-1", props)

    def diff(self, _id, olds, news):
        other = olds["public_key"] != news["public_key"]
        return dynamic.DiffResult(changes=other, replaces=["public_key"] if other else [])


key = PrivateKey("door", "keys/door.pem", pulumi.ResourceOptions())
Instance("door", key.public_key)
"""


@pytest.mark.engine
def test_a_state_with_an_earlier_path_is_updated_once_and_nothing_else_changes(tmp_path: Path) -> None:
    """An instance takes its key at creation only: a preview that did not know the key would replace it."""
    path = os.pathsep.join([str(Path.home() / ".pulumi" / "bin"), os.environ["PATH"]])
    cli = shutil.which("pulumi", path=path)
    assert cli, "there is no Pulumi CLI to test with; run make ready"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PULUMI_")}
    environment = clean | {
        "PATH": path,
        "PULUMI_BACKEND_URL": f"file://{tmp_path}",
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    project = f"name: probe\nruntime: {{name: python, options: {{virtualenv: {CHECKOUT / '.venv'}}}}}\n"
    (tmp_path / "Pulumi.yaml").write_text(project)
    (tmp_path / "__main__.py").write_text(PROGRAM)

    def pulumi(*arguments: str) -> str:
        command = [cli, *arguments, "--non-interactive"]
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    key = next(stored for stored in STORED if isinstance(stored.provider, PrivateKeyProvider))
    state = tmp_path / "state.json"
    pulumi("stack", "init", "one")
    pulumi("up", "--yes", "--skip-preview")
    written = pulumi("stack", "export")
    assert written.count(key.today) == 2, "in the inputs and in the outputs"

    state.write_text(written.replace(key.today, key.earlier))
    pulumi("stack", "import", "--file", str(state))
    preview = pulumi("preview", "--diff")
    assert "~ 1 to update" in preview
    assert "to replace" not in preview
    pulumi("up", "--yes", "--skip-preview")
    assert (key.earlier in pulumi("stack", "export"), (tmp_path / "keys" / "door.pem").exists()) == (False, True)
    pulumi("preview", "--expect-no-changes")

    pulumi("stack", "import", "--file", str(state))
    pulumi("destroy", "--yes", "--skip-preview")
    assert not (tmp_path / "keys" / "door.pem").exists(), "the class was loaded from its earlier path"
