"""The user behind a connection: the sandbox's own may call, another one of this machine may not."""

import os
import pwd
import socket
from collections.abc import Callable, Iterator

import pytest

from slipway_sandbox.callers import Address, cannot_tell, stranger, user_of
from slipway_sandbox.callers.users import _from_kernel, _from_table
from tests.sandbox.conftest import Box
from tests.support.sandbox.other_user import as_nobody, needs_root

OWN = pwd.getpwuid(os.getuid()).pw_name
REFUSED = f"this sandbox belongs to user {OWN} and refuses user nobody; start one of your own"
HTTP = """
connection = http.client.HTTPConnection(sys.argv[1], int(sys.argv[2]))
connection.request("GET", sys.argv[3])
answer = connection.getresponse()
print(answer.status, answer.read().decode(), end="")
"""
GRPC = """
with grpc.insecure_channel(f"127.0.0.1:{sys.argv[1]}") as channel:
    try:
        provider_pb2_grpc.ResourceProviderStub(channel).GetPluginInfo(empty_pb2.Empty())
    except grpc.RpcError as error:
        print(error.code().name, error.details(), end="")
"""
GRPC_IMPORTS = """import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2_grpc"""
Ends = tuple[socket.socket, Address, Address]


@pytest.fixture
def ends() -> Iterator[Ends]:
    """The client of a connection, its address and the server's."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        accepted, address = server.accept()
        with accepted:
            yield client, address, server.getsockname()


@pytest.mark.parametrize("way", [user_of, _from_kernel, _from_table])
def test_the_user_of_a_client_is_known_until_it_hangs_up(
    ends: Ends, way: Callable[[Address, Address], int | None]
) -> None:
    client, address, server = ends
    assert way(address, server) == os.getuid()
    assert way((address[0], 1), server) is None
    client.close()
    assert way(address, server) is None


def test_this_system_tells_users() -> None:
    assert cannot_tell() == []


def test_a_container_may_call_and_a_client_that_hung_up_may_not(ends: Ends) -> None:
    client, address, server = ends
    assert stranger(address, server) is None
    assert stranger(("203.0.113.7", 4000), server) is None
    client.close()
    assert stranger(address, server) == (
        f"this sandbox belongs to user {OWN} and refuses a caller whose user it cannot tell; start one of your own"
    )


@needs_root
def test_another_user_gets_no_answer_of_the_aws_api(shared_box: Box) -> None:
    status = shared_box.status()
    error = f"<Code>AccessDenied</Code><Message>{REFUSED}</Message>"
    for address in filter(None, ("127.0.0.1", status["bridge_address"])):
        for path in ("/", "/slipway-sandbox/status"):
            answer = as_nobody("import encodings.idna, http.client", HTTP, address, str(status["ports"]["moto"]), path)
            assert answer == f"403 <ErrorResponse><Error>{error}</Error></ErrorResponse>"


@needs_root
def test_another_user_gets_no_image(shared_box: Box) -> None:
    port = str(shared_box.status()["ports"]["registry"])
    answer = as_nobody("import encodings.idna, http.client", HTTP, "127.0.0.1", port, "/v2/_catalog")
    assert answer == f'403 {{"errors": [{{"code": "DENIED", "message": "{REFUSED}"}}]}}'


@needs_root
@pytest.mark.parametrize("provider", ["aws", "docker"])
def test_another_user_gets_no_provider(shared_box: Box, provider: str) -> None:
    port = str(shared_box.status()["ports"][provider])
    assert as_nobody(GRPC_IMPORTS, GRPC, port) == f"PERMISSION_DENIED {REFUSED}"


@needs_root
def test_another_user_reads_no_file_and_no_socket(shared_box: Box) -> None:
    shared_box.home.path.chmod(0o777)
    try:
        script = """
for folder, folders, files in os.walk(sys.argv[1]):
    print(*(name for name in folders + files if os.access(os.path.join(folder, name), os.R_OK | os.W_OK)), end="")
"""
        assert as_nobody("", script, str(shared_box.home.path)) == ""
    finally:
        shared_box.home.path.chmod(0o700)
