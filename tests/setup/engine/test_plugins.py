"""Component plugins and dynamic providers on the real CLI with Slipway's language host."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.setup.engine.conftest import SECONDS, Project
from tests.support.conditions import awaited

pytestmark = pytest.mark.engine
Projects = Callable[..., Project]

GREETER = '''
from typing import TypedDict
import pulumi

class GreeterArgs(TypedDict):
    who: pulumi.Input[str]
    """Whom to greet."""

class Greeter(pulumi.ComponentResource):
    """Greets one person."""
    text: pulumi.Output[str]
    """The greeting."""

    def __init__(self, name: str, args: GreeterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("greeting:index:Greeter", name, dict(args), opts)
        self.text = pulumi.Output.concat("hello ", args["who"])
        self.register_outputs({"text": self.text})
'''
SERVE = """
from pulumi.provider.experimental import component_provider_host
from greeter import Greeter
component_provider_host(name="greeting", components=[Greeter])
"""
USE = """
import pulumi

class Greeter(pulumi.ComponentResource):
    text: pulumi.Output[str]

    def __init__(self, name, who):
        super().__init__("greeting:index:Greeter", name, {"who": who, "text": None}, remote=True)

pulumi.export("text", Greeter("one", "world").text)
"""
DYNAMIC = """
from pathlib import Path
import pulumi
from pulumi.dynamic import CreateResult, DiffResult, Resource, ResourceProvider, UpdateResult

class FileProvider(ResourceProvider):
    def create(self, props):
        Path(props["path"]).write_text(props["text"])
        return CreateResult(props["path"], outs=props)

    def diff(self, id, olds, news):
        return DiffResult(changes=olds["text"] != news["text"])

    def update(self, id, olds, news):
        Path(id).write_text(news["text"])
        return UpdateResult(news)

    def delete(self, id, props):
        Path(id).unlink()

class File(Resource):
    def __init__(self, name, **props):
        super().__init__(FileProvider(), name, props)

File("file", path=str(Path("file.txt").absolute()), text=pulumi.Config().require("text"))
"""


def plugin(directory: Path, virtualenv: str = sys.prefix) -> Path:
    """Writes a component plugin and returns its directory."""
    directory.mkdir()
    runtime = {"name": "python", "options": {"virtualenv": virtualenv}}
    (directory / "PulumiPlugin.yaml").write_text(json.dumps({"runtime": runtime}))
    (directory / "greeter.py").write_text(GREETER)
    (directory / "__main__.py").write_text(SERVE)
    return directory


def test_a_program_uses_the_components_of_a_plugin(project: Projects, tmp_path: Path) -> None:
    plugin(tmp_path / "greeting")
    stack = project(USE, plugins={"providers": [{"name": "greeting", "path": "../greeting"}]})
    stack.up()
    assert stack.outputs() == {"text": "hello world"}


def test_a_program_whose_remote_component_is_refused_has_nothing_to_add(project: Projects, tmp_path: Path) -> None:
    place = plugin(tmp_path / "greeting")
    refusing = 'raise pulumi.InputPropertiesError("nobody to greet", [])'
    (place / "greeter.py").write_text(
        GREETER.replace('super().__init__("greeting', f'{refusing}\n        super().__init__("g')
    )
    done = project(USE, plugins={"providers": [{"name": "greeting", "path": "../greeting"}]}).run("preview")
    assert done.returncode != 0
    assert "nobody to greet" in done.stdout
    assert "resource monitor shut down" not in done.stdout
    assert "error: Program failed" not in done.stdout


def test_a_plugin_shows_its_schema_with_descriptions(project: Projects, tmp_path: Path) -> None:
    place = plugin(tmp_path / "greeting")
    schema = json.loads(project("").succeed("package", "get-schema", str(place)))
    greeter = schema["resources"]["greeting:index:Greeter"]
    assert greeter["description"] == "Greets one person."
    assert greeter["inputProperties"] == {"who": {"type": "string", "description": "Whom to greet."}}
    assert greeter["properties"]["text"]["description"] == "The greeting."


def test_a_plugins_virtualenv_is_found_relative_to_the_plugin(
    project: Projects, tmp_path: Path, virtualenv: Callable[[Path], None]
) -> None:
    place = plugin(tmp_path / "greeting", "../own")
    virtualenv(tmp_path / "own")
    (place / "greeter.py").write_text(f"import sys\nassert sys.prefix == {str(tmp_path / 'own')!r}\n{GREETER}")
    assert "Greeter" in project("").succeed("package", "get-schema", str(place))


def test_a_plugin_package_without_main_is_run_by_its_name(
    project: Projects, tmp_path: Path, virtualenv: Callable[[Path], None]
) -> None:
    place = plugin(tmp_path / "greeting", "own")
    (place / "__main__.py").unlink()
    (place / "greeter.py").rename(place / "greeting.py")
    (place / "pyproject.toml").write_text(
        "[project]\nname = 'greeting'\nversion = '1.0'\n[build-system]\nbuild-backend = 'setuptools.build_meta'\n"
    )
    virtualenv(place / "own")
    packages = next(place.glob("own/lib/python*/site-packages"))
    (packages / "greeting.pth").write_text(str(place))
    # what an editable installation records
    record = packages / "greeting-1.0.dist-info"
    record.mkdir()
    (record / "METADATA").write_text("Metadata-Version: 2.1\nName: greeting\nVersion: 1.0\n")
    (record / "direct_url.json").write_text(json.dumps({"url": place.as_uri(), "dir_info": {"editable": True}}))
    assert "greeting:index:Greeter" in project("").succeed("package", "get-schema", str(place))


def test_a_plugin_that_cannot_be_run_says_what_is_missing(project: Projects, tmp_path: Path) -> None:
    place = plugin(tmp_path / "greeting")
    (place / "__main__.py").unlink()
    done = project("").run("package", "get-schema", str(place))
    assert done.returncode != 0
    assert (
        f"the plugin in {place} has neither a __main__.py nor a pyproject.toml with name and build-backend"
        in done.stdout
    )


def test_generating_an_sdk_is_refused_in_one_sentence(project: Projects, tmp_path: Path) -> None:
    place = plugin(tmp_path / "greeting")
    done = project("").run("package", "add", str(place))
    assert done.returncode != 0
    assert "the Python language host of Slipway cannot generate an SDK; install the official Pulumi CLI" in done.stdout


def test_a_dynamic_resource_is_created_updated_and_deleted(project: Projects) -> None:
    stack = project(DYNAMIC)
    file = stack.directory / "file.txt"
    stack.succeed("config", "set", "text", "one")
    stack.up()
    assert file.read_text() == "one"
    stack.succeed("config", "set", "text", "two")
    assert "1 updated" in stack.up()
    assert file.read_text() == "two"
    stack.succeed("destroy", "--yes", "--skip-preview")
    assert not file.exists()


def test_dynamic_providers_without_their_virtualenv_say_so(cli: Path, tmp_path: Path) -> None:
    launcher = cli.with_name("pulumi-resource-pulumi-python")
    environment = {"PATH": "/usr/bin:/bin", "PULUMI_RUNTIME_VIRTUALENV": "absent"}
    done = subprocess.run(
        [launcher], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 1
    assert done.stderr == (
        f"the runtime option virtualenv points at {tmp_path}/absent, which is not a virtual environment; run pulumi install\n"
    )


SOON_SECONDS = 5  # what is expected is that they stay, on a busy machine, too
NAMES_ITSELF = """
import os, time
from pathlib import Path
import pulumi
from pulumi.dynamic import CreateResult, Resource, ResourceProvider

class Slow(ResourceProvider):
    def create(self, props):
        Path(props["pid"]).write_text(str(os.getpid()))
        time.sleep(600)
        return CreateResult("slow", outs=props)

class Sleeper(Resource):
    pass

Sleeper(Slow(), "slow", {"pid": str(Path("provider.pid").absolute())})
"""
PACK_NAMES_ITSELF = """
import os
from pathlib import Path
from pulumi_policy import PolicyPack, StackValidationPolicy

Path(os.environ["PACK_PID"]).write_text(str(os.getpid()))
PolicyPack("sample", policies=[StackValidationPolicy("nothing", "Nothing.", lambda arguments, report: None)])
"""


@pytest.mark.xfail(
    strict=True,
    raises=AssertionError,
    reason="the engine's children learn of a kill by nothing: pulumi.dynamic and the policy pack stay, with parent 1",
)
def test_a_killed_cli_leaves_neither_dynamic_provider_nor_policy_pack(project: Projects, tmp_path: Path) -> None:
    stack, pack = project(NAMES_ITSELF), tmp_path / "pack"
    pack.mkdir()
    runtime = {"name": "python", "options": {"virtualenv": sys.prefix}}
    (pack / "PulumiPolicy.yaml").write_text(json.dumps({"runtime": runtime}))
    (pack / "__main__.py").write_text(PACK_NAMES_ITSELF)
    files = [stack.directory / "provider.pid", tmp_path / "pack.pid"]
    command = [str(stack.cli), "up", "--yes", "--skip-preview", "--policy-pack", str(pack)]
    environment = stack.environment | {"PACK_PID": str(files[1])}
    with subprocess.Popen(command, cwd=stack.directory, env=environment, stdout=subprocess.DEVNULL) as running:
        if not awaited(lambda: all(file.exists() and file.read_text() != "" for file in files)):
            pytest.fail("the provider or the pack has not begun")
        running.kill()
    pids = [int(file.read_text()) for file in files]
    try:
        assert [ends(pid) for pid in pids] == [True, True]
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def ends(pid: int) -> bool:
    """Whether a process that is not ours ends soon."""
    try:
        subprocess.run(["tail", f"--pid={pid}", "-f", "/dev/null"], check=True, timeout=SOON_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return True
