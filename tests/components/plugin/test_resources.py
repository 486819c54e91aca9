"""Resources that the plugin has itself, asked for as the engine does."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import grpc.aio
import pulumi
import pytest
from google.protobuf.empty_pb2 import Empty
from google.protobuf.json_format import MessageToDict
from pulumi.runtime import proto
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2_grpc

from slipway.dynamic import public_half
from slipway.plugin._resources import struct
from slipway.plugin._serve import _Servicer, told
from tests.support.other_languages import PLUGIN

KEY = "urn:pulumi:dev::shop::slipway:index:Bastion$slipway:index:PrivateKey::door"
MOST_THREADS = 32  # of asyncio's executor, on a large machine
Answers = dict[str, object]


def asked(ask: Callable[[provider_pb2_grpc.ResourceProviderStub], object]) -> object:
    """The answer of a plugin that serves, while all threads of the SDK wait for resources."""
    over = threading.Event()

    async def over_the_wire() -> object:
        loop = asyncio.get_running_loop()
        waiting = [loop.run_in_executor(None, over.wait) for _ in range(MOST_THREADS)]
        server = grpc.aio.server()
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(_Servicer(PLUGIN, ["127.0.0.1:1"]), server)
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        try:
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel, ThreadPoolExecutor(1) as engine:
                return await loop.run_in_executor(engine, ask, provider_pb2_grpc.ResourceProviderStub(channel))
        finally:
            over.set()
            await asyncio.gather(*waiting)
            await server.stop(None)

    return asyncio.run(over_the_wire())


def test_a_key_file_is_written_kept_and_removed(tmp_path: Path) -> None:
    path = tmp_path / "door.pem"
    news = struct({"path": str(path), "comment": "door", "algorithm": "ed25519"})

    def live(plugin: provider_pb2_grpc.ResourceProviderStub) -> Answers:
        checked = plugin.Check(proto.CheckRequest(urn=KEY, news=news))
        made = plugin.Create(proto.CreateRequest(urn=KEY, properties=checked.inputs))
        public = public_half(path)
        again = plugin.Check(proto.CheckRequest(urn=KEY, olds=checked.inputs, news=news))
        same = plugin.Diff(proto.DiffRequest(urn=KEY, id=made.id, olds=made.properties, news=again.inputs))
        read = plugin.Read(proto.ReadRequest(urn=KEY, id=made.id, properties=made.properties, inputs=checked.inputs))
        plugin.Delete(proto.DeleteRequest(urn=KEY, id=made.id, properties=read.properties))
        gone = plugin.Diff(proto.DiffRequest(urn=KEY, id=made.id, olds=made.properties, news=news))
        return {
            "new": MessageToDict(checked.inputs),
            "made": MessageToDict(made.properties),
            "knows": MessageToDict(again.inputs)["public_key"] == f"{public} door",
            "same": (same.changes, list(same.replaces)),
            "read": read.id == made.id and read.properties == made.properties and read.inputs == checked.inputs,
            "gone": (gone.changes, list(gone.replaces), path.exists()),
            "public": public,
        }

    seen = asked(live)
    assert isinstance(seen, dict)
    public = seen.pop("public")
    assert seen == {
        "new": {"path": str(path), "comment": "door", "algorithm": "ed25519"},
        "made": {"path": str(path), "comment": "door", "public_key": f"{public} door", "generated": True},
        "knows": True,
        "same": (proto.DiffResponse.DIFF_NONE, []),
        "read": True,
        "gone": (proto.DiffResponse.DIFF_SOME, ["path"], False),
    }


def test_a_state_of_a_program_in_python_loses_the_path_of_its_class_and_nothing_else(tmp_path: Path) -> None:
    path = str(tmp_path / "door.pem")
    news = struct({"path": path, "comment": "door", "algorithm": "ed25519"})

    def move(plugin: provider_pb2_grpc.ResourceProviderStub) -> Answers:
        made = plugin.Create(proto.CreateRequest(urn=KEY, properties=news))
        of_python = struct({**MessageToDict(made.properties), "__provider": "gASV"})
        found = plugin.Diff(proto.DiffRequest(urn=KEY, id=made.id, olds=of_python, news=news))
        kept = plugin.Update(proto.UpdateRequest(urn=KEY, id=made.id, olds=of_python, news=news))
        return {"found": (found.changes, list(found.replaces)), "kept": kept.properties == made.properties}

    assert asked(move) == {"found": (proto.DiffResponse.DIFF_SOME, []), "kept": True}


@pytest.mark.parametrize(
    ("urn", "path", "sentence"),
    [
        (
            "urn:pulumi:dev::shop::slipway:index:Unknown::door",
            "door.pem",
            "slipway:index:Unknown is no resource; the resources are slipway:index:PrivateKey",
        ),
        (KEY, "notes", "notes is not an OpenSSH private key without passphrase"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    urn: str, path: str, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("notes").write_text("notes")
    request = proto.CreateRequest(urn=urn, properties=struct({"path": path, "comment": "door"}))

    def refused(plugin: provider_pb2_grpc.ResourceProviderStub) -> str:
        with pytest.raises(grpc.RpcError) as error:
            plugin.Create(request)
        return str(error.value.details())

    assert asked(refused) == sentence


def test_the_engine_is_told_the_names_of_the_program() -> None:
    told: list[str] = []

    class Engine(engine_pb2_grpc.EngineServicer):
        def Log(self, request: engine_pb2.LogRequest, _context: grpc.ServicerContext) -> Empty:  # noqa: N802
            told.append(request.message)
            return Empty()

    with ThreadPoolExecutor(1) as threads:
        server = grpc.server(threads)
        engine_pb2_grpc.add_EngineServicer_to_server(Engine(), server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        serves = _Servicer(PLUGIN, [f"127.0.0.1:{port}"])
        pulumi.runtime.Settings(project="shop", stack="dev", engine=serves.engine_address).engine.Log(
            engine_pb2.LogRequest(message="FargateService 'api': give verdict_role_arn")
        )
        server.stop(None).wait()
    assert told == ["FargateService 'api': give verdictRoleArn"]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        ("invoke of aws:index/getRegion:getRegion failed: no credentials", None),
        (
            "invoke of aws:index/getRegion:getRegion failed: grpc: the client connection is closing",
            "the update stopped before it was made; the other errors say why",
        ),
    ],
)
def test_a_look_up_that_fails_is_one_sentence(error: str, sentence: str | None) -> None:
    shown = told(Exception(error))
    assert isinstance(shown, pulumi.InputPropertiesError)
    assert shown.message == (sentence or error)


def test_a_fault_of_the_plugin_keeps_its_traceback() -> None:
    fault = KeyError("taskDefinition")
    assert told(fault) is fault
