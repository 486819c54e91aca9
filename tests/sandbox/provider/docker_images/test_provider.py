"""The docker provider on the real daemon and a real registry: build, push, no difference, change, refresh, delete."""

import shutil
import urllib.request
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docker
import grpc
import pytest
from google.protobuf import empty_pb2
from moto.ecr.models import ecr_backends
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, plugin_pb2, provider_pb2, provider_pb2_grpc

from slipway_sandbox.process.home import Home
from slipway_sandbox.process.ports import LOOPBACK, free_ports
from slipway_sandbox.provider.aws.identity.resolution import ACCOUNT
from slipway_sandbox.provider.docker_images.provider import IMAGE, DockerProvider
from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.serve import serve
from slipway_sandbox.registry import process as registry
from tests.support.sandbox.provider_driver import named
from tests.support.sandbox.registry_client import manifest, tags

URN = f"urn:pulumi:s::p::{IMAGE}::app"
UPDATE = provider_pb2.DiffResponse.DIFF_SOME
pytestmark = pytest.mark.e2e


class Engine(engine_pb2_grpc.EngineServicer):
    """Keeps the provider's progress lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def Log(self, request: engine_pb2.LogRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:  # noqa: N802
        self.lines.append(request.message)
        return empty_pb2.Empty()


@pytest.fixture(scope="module")
def registry_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    home, port = Home(tmp_path_factory.mktemp("home")), free_ports(1, [LOOPBACK])[0]
    running = registry.begin(home)
    front, _ = registry.serve(running, home, port)
    yield port
    front.stop()
    running.stop()


@dataclass
class Sandbox:
    """A provider as the engine sees it, and one image's folder."""

    stub: provider_pb2_grpc.ResourceProviderStub
    engine: Engine
    folder: Path
    name: str
    inputs: dict[str, Any] = field(default_factory=dict)
    state: dict[str, Any] = field(default_factory=dict)

    def check(self, **more: Any) -> list[tuple[str, str]]:
        """Checks the program's inputs and keeps the result as `inputs`; returns the failures."""
        news = {"imageName": self.name, "build": {"context": str(self.folder), **more.pop("build", {})}, **more}
        answer = self.stub.Check(provider_pb2.CheckRequest(urn=URN, news=wire.to_struct(news)))
        self.new_inputs: dict[str, Any] = wire.from_struct(answer.inputs)
        return [named(failure.reason) for failure in answer.failures]

    def create(self, preview: bool = False) -> dict[str, Any]:
        news = wire.to_struct(self.new_inputs)
        answer = self.stub.Create(provider_pb2.CreateRequest(urn=URN, properties=news, preview=preview))
        outputs = wire.from_struct(answer.properties)
        if not preview:
            assert answer.id == self.name
            self.inputs, self.state = self.new_inputs, outputs
        return outputs

    def update(self, preview: bool = False) -> dict[str, Any]:
        news = wire.to_struct(self.new_inputs)
        request = provider_pb2.UpdateRequest(urn=URN, id=self.name, news=news, preview=preview)
        return wire.from_struct(self.stub.Update(request).properties)

    def diff(self) -> tuple[int, list[str]]:
        request = provider_pb2.DiffRequest(
            urn=URN,
            olds=wire.to_struct(self.state),
            old_inputs=wire.to_struct(self.inputs),
            news=wire.to_struct(self.new_inputs),
        )
        answer = self.stub.Diff(request)
        return answer.changes, sorted(answer.detailedDiff)

    def read(self) -> provider_pb2.ReadResponse:
        properties, inputs = wire.to_struct(self.state), wire.to_struct(self.inputs)
        request = provider_pb2.ReadRequest(urn=URN, id=self.name, properties=properties, inputs=inputs)
        answer: provider_pb2.ReadResponse = self.stub.Read(request)
        return answer

    def delete(self) -> None:
        self.stub.Delete(provider_pb2.DeleteRequest(urn=URN, id=self.name, properties=wire.to_struct(self.state)))


@pytest.fixture
def client() -> Iterator[docker.DockerClient]:
    with closing(docker.from_env()) as opened:
        yield opened


@pytest.fixture
def sandbox(registry_port: int, tmp_path: Path, client: docker.DockerClient) -> Iterator[Sandbox]:
    engine, engine_server = Engine(), grpc.server(ThreadPoolExecutor(2))
    engine_pb2_grpc.add_EngineServicer_to_server(engine, engine_server)
    engine_port = engine_server.add_insecure_port("127.0.0.1:0")
    engine_server.start()
    server, port = serve(DockerProvider())
    path = f"orders/{uuid.uuid4().hex[:8]}"
    ecr_backends[ACCOUNT]["eu-west-1"].create_repository(path, None, {}, None, "MUTABLE", [])
    repository = f"localhost:{registry_port}/{path}"
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM scratch\nARG TOKEN\nCOPY . /\n")
    (folder / ".dockerignore").write_text("*.log\n")
    (folder / "main.py").write_text("print()\n")
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        stub.Attach(plugin_pb2.PluginAttach(address=f"127.0.0.1:{engine_port}"))
        stub.Configure(provider_pb2.ConfigureRequest(args=wire.to_struct({})))
        yield Sandbox(stub, engine, folder, f"{repository}:v1")
    server.stop(None).wait()
    engine_server.stop(None).wait()
    for image in client.images.list(repository):
        client.images.remove(str(image.id), force=True)


def refused(call: Any, *arguments: Any) -> str:
    with pytest.raises(grpc.RpcError) as caught:
        call(*arguments)
    assert caught.value.code() == grpc.StatusCode.UNKNOWN
    return str(caught.value.details())


def test_an_image_is_built_and_pushed_and_known_by_the_digest_that_the_registry_has(
    sandbox: Sandbox, client: docker.DockerClient
) -> None:
    assert sandbox.check() == []
    outputs = sandbox.create()
    digest, content = manifest(sandbox.name)
    assert outputs["repoDigest"] == f"{sandbox.name.removesuffix(':v1')}@{digest}"
    assert len(content["layers"]) == 1
    assert (outputs["imageName"], outputs["dockerfile"]) == (sandbox.name, "Dockerfile")
    assert client.images.get(outputs["repoDigest"]).tags == [sandbox.name]
    assert sandbox.engine.lines[0] == "Step 1/3 : FROM scratch"
    assert sandbox.engine.lines[-1] == f"pushing {sandbox.name}"


def test_an_unchanged_tree_is_no_difference_and_a_changed_file_is_an_update(sandbox: Sandbox) -> None:
    sandbox.check()
    before = sandbox.create()["repoDigest"]
    (sandbox.folder / "noise.log").write_text("ignored\n")
    sandbox.check(registry={"username": "AWS", "password": wire.Secret("another")})
    assert sandbox.diff() == (UPDATE, ["registry"]), "a registry that was not there is a difference"
    sandbox.check()
    assert sandbox.diff() == (provider_pb2.DiffResponse.DIFF_NONE, [])
    (sandbox.folder / "main.py").write_text("print(1)\n")
    sandbox.check()
    assert sandbox.diff() == (UPDATE, ["build.contextDigest"])
    assert sandbox.update(preview=True)["repoDigest"] is wire.UNKNOWN
    assert manifest(sandbox.name)[0] == before.partition("@")[2], "a preview pushes nothing"
    assert sandbox.update()["repoDigest"].partition("@")[2] == manifest(sandbox.name)[0] != before.partition("@")[2]


def test_a_preview_builds_nothing_unless_asked_to(sandbox: Sandbox) -> None:
    sandbox.check()
    outputs = sandbox.create(preview=True)
    assert (outputs["repoDigest"], outputs["imageName"]) == (wire.UNKNOWN, sandbox.name)
    assert sandbox.engine.lines == []
    sandbox.check(buildOnPreview=True)
    assert sandbox.create(preview=True)["repoDigest"] is wire.UNKNOWN
    assert sandbox.engine.lines[-1] == "Step 3/3 : COPY . /", "built, not pushed"


def test_an_image_that_is_not_pushed_is_known_by_its_id(sandbox: Sandbox) -> None:
    sandbox.check(skipPush=True)
    image_id = sandbox.create()["repoDigest"]
    assert image_id.startswith("sha256:")
    assert sandbox.read().id == sandbox.name
    sandbox.delete()
    assert sandbox.read().id == "", "delete removes the local image"
    sandbox.delete()  # a second time, as after a crash: nothing to do is no error


def test_delete_leaves_the_registry_what_a_rollback_needs_and_this_machine_nothing(
    sandbox: Sandbox, client: docker.DockerClient
) -> None:
    sandbox.check()
    sandbox.create()
    sandbox.delete()
    assert tags(sandbox.name) == ["v1"]
    assert client.images.list(sandbox.name.removesuffix(":v1")) == []
    sandbox.delete()  # a second time, as after a crash: nothing to do is no error


def test_a_tag_that_is_taken_in_a_repository_of_immutable_tags_is_refused_as_ecr_does(sandbox: Sandbox) -> None:
    host, _, repository = sandbox.name.removesuffix(":v1").partition("/")
    ecr_backends[ACCOUNT]["eu-west-1"].put_image_tag_mutability(ACCOUNT, repository, "IMMUTABLE")
    sandbox.check()
    sandbox.create()
    (sandbox.folder / "main.py").write_text("print(1)\n")
    sandbox.check()
    assert refused(sandbox.update) == (
        f"pushing {host}/{repository}:v1 failed: tag invalid: The image tag 'v1' already exists in the '{repository}' "
        "repository and cannot be overwritten because the tag is immutable."
    )
    sandbox.check(skipPush=True)
    assert sandbox.update()["repoDigest"].startswith("sha256:"), "built, and pushed by nobody"


def test_a_refresh_notices_that_the_image_is_gone(sandbox: Sandbox) -> None:
    sandbox.check()
    sandbox.create()
    assert (sandbox.read().id, wire.from_struct(sandbox.read().properties)) == (sandbox.name, sandbox.state)
    host, _, repository = sandbox.name.removesuffix(":v1").partition("/")
    url = f"http://{host}/v2/{repository}/manifests/{sandbox.state['repoDigest'].partition('@')[2]}"
    urllib.request.urlopen(urllib.request.Request(url, method="DELETE")).close()
    assert sandbox.read().id == ""


def test_build_arguments_target_and_an_outside_dockerfile_reach_the_builder(
    sandbox: Sandbox, client: docker.DockerClient
) -> None:
    outside = sandbox.folder.parent / "api.Dockerfile"
    outside.write_text('FROM scratch AS first\nARG WHO=nobody\nLABEL who=$WHO\nFROM first\nLABEL second="1"\n')
    build = {"dockerfile": str(outside), "args": {"WHO": "me"}, "target": "first"}
    assert sandbox.check(build=build, skipPush=True) == []
    outputs = sandbox.create()
    assert client.images.get(outputs["repoDigest"]).labels == {"who": "me"}
    assert outputs["dockerfile"] == "../api.Dockerfile"


def test_a_failing_build_ends_with_its_last_lines_and_without_secrets(
    sandbox: Sandbox, client: docker.DockerClient
) -> None:
    dockerfile = sandbox.folder / "Dockerfile"
    dockerfile.write_text("FROM scratch\nARG TOKEN\nLABEL token=$TOKEN\nCOPY hunter2 /\n")
    sandbox.check(build={"args": {"TOKEN": wire.Secret("hunter2")}})
    message = refused(sandbox.create)
    first, *rest = message.splitlines()
    assert first.startswith(f"the build of {dockerfile} failed: COPY failed: ")
    assert first.endswith("; it ended with")
    assert "    Step 4/4 : COPY [secret] /" in rest
    assert "hunter2" not in message + "".join(sandbox.engine.lines)
    client.images.prune({"dangling": True, "label": "token=hunter2"})  # what the build got to


def test_a_base_image_that_is_not_here_is_named_with_the_way_to_get_it(sandbox: Sandbox) -> None:
    (sandbox.folder / "Dockerfile").write_text(f"FROM {sandbox.name}-none\n")
    sandbox.check()
    assert refused(sandbox.create).splitlines()[1:] == [
        f"    Step 1/1 : FROM {sandbox.name}-none",
        f"{sandbox.name}-none is not on this machine and cannot be pulled; `python3 -m setup.base_image` makes "
        "slipway-sandbox/python:3.12, and `docker load` brings any other",
    ]


def test_a_dockerfile_that_does_not_parse_is_named(sandbox: Sandbox) -> None:
    (sandbox.folder / "Dockerfile").write_text("FRM scratch\n")
    sandbox.check()
    assert refused(sandbox.create) == (
        f"the build of {sandbox.folder}/Dockerfile failed: dockerfile parse error line 1: unknown instruction: FRM"
    )


def test_the_context_may_be_relative_to_the_program(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    (sandbox.folder.parent / "Pulumi.yaml").write_text("name: x\n")
    monkeypatch.chdir(sandbox.folder.parent)  # the engine of this test listens in this process
    assert sandbox.check(build={"context": "app"}, skipPush=True) == []
    relative = sandbox.new_inputs["build"]["contextDigest"]
    monkeypatch.undo()
    shutil.copytree(sandbox.folder, sandbox.folder.parent / "copy")
    assert sandbox.check(build={"context": str(sandbox.folder.parent / "copy")}) == []
    assert sandbox.new_inputs["build"]["contextDigest"] == relative
