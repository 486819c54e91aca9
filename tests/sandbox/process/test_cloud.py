"""The background process: started once, stopped gracefully, back after a kill, reachable where it should be."""

import contextlib
import ipaddress
import json
import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from slipway_sandbox.process.held_files import holder, is_held, wait_until
from slipway_sandbox.process.ports import PORT_RANGE
from slipway_sandbox.runtime.containers.host import DockerHost
from slipway_sandbox.runtime.controller import Controller
from slipway_sandbox.runtime.ecs.task_identity import TaskIdentities
from tests.sandbox.conftest import Box, without_notes
from tests.support.commands import HANG_SECONDS


def test_a_second_start_changes_nothing_and_says_so(shared_box: Box) -> None:
    first = shared_box.status()
    said = shared_box.must("start")
    assert said.startswith(f"The sandbox already runs: AWS API http://127.0.0.1:{first['ports']['moto']}")
    assert shared_box.status()["pid"] == first["pid"]


def test_starts_at_the_same_time_make_one_sandbox(box: Box) -> None:
    with ThreadPoolExecutor() as pool:
        ended = [started.result() for started in [pool.submit(box.run, "start") for _ in range(3)]]
    assert [one.returncode for one in ended] == [0, 0, 0]
    assert sorted("already" in one.stdout for one in ended) == [False, True, True]
    assert box.log().count("ready: ") == 1


def test_stop_ends_every_part_and_keeps_the_ports(box: Box) -> None:
    box.must("start")
    ports = box.status()["ports"]
    assert len(set(ports.values())) == 4
    assert all(port in PORT_RANGE for port in ports.values())
    assert box.must("stop") == "The sandbox has stopped; its cloud is kept\n"
    assert not is_held(box.home.lock)
    assert not is_held(box.home.registry_lock)
    for port in ports.values():
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port)).close()
    assert box.must("stop") == "The sandbox was not running\n"
    box.must("start")
    assert box.status()["ports"] == ports


def test_nothing_listens_on_all_addresses(shared_box: Box) -> None:
    status = shared_box.status()
    allowed = {"127.0.0.1", status["bridge_address"]}
    for port in status["ports"].values():
        for address in _addresses_that_listen(port):
            assert address in allowed, f"port {port} listens on {address}"


def test_containers_reach_the_api_at_the_bridge(shared_box: Box) -> None:
    address = shared_box.status()["bridge_address"]
    if address is None:
        pytest.skip("no Docker on this machine")
    shared_box.client("sqs").create_queue(QueueName="bridge")
    (url,) = shared_box.client("sqs", address).list_queues(QueueNamePrefix="bridge")["QueueUrls"]
    assert url == f"http://{address}:{shared_box.status()['ports']['moto']}/123456789012/bridge"


def test_a_killed_sandbox_comes_back_with_its_cloud_and_ports(box: Box) -> None:
    box.must("start")
    before = box.status()
    queue = box.client("sqs").create_queue(QueueName="orders")["QueueUrl"]
    box.client("sqs").send_message(QueueUrl=queue, MessageBody="kept")
    box.saved()
    orphan = holder(box.home.registry_lock)
    box.kill()
    assert box.must("status").startswith("state            stopped\n")
    assert is_held(box.home.registry_lock), "a kill leaves the registry behind, which makes this test one"
    assert without_notes(box.run("start").stderr) == ""
    assert box.status()["ports"] == before["ports"]
    assert holder(box.home.registry_lock) != orphan
    assert box.client("sqs").receive_message(QueueUrl=queue)["Messages"][0]["Body"] == "kept"


def test_a_change_that_was_answered_is_there_after_a_kill(box: Box) -> None:
    box.must("start")
    sqs = box.client("sqs")
    for number in range(3):
        sqs.create_queue(QueueName=f"orders-{number}")
    box.kill()
    box.must("start")
    assert box.status()["contents"] == {"SQS queues": 3}


@pytest.mark.parametrize("command", ["stop", "reset"])
def test_what_a_killed_sandbox_left_behind_is_ended(kept_box: Box, command: str) -> None:
    kept_box.must("start")
    if kept_box.status()["containers"] != "running":
        pytest.skip("no Docker on this machine")
    kept_box.kill()
    owner = Controller(TaskIdentities(""), registry="", home=kept_box.home.runtime).owner
    with contextlib.closing(DockerHost(owner, "")) as host:
        container = host.network_namespace({})
        kept_box.must(command)
        host.refresh()
        assert host.seen(container) is None
    assert not is_held(kept_box.home.registry_lock)


def test_a_kill_amid_changes_is_told_with_what_to_do(kept_box: Box) -> None:
    kept_box.home.unsaved.touch()
    ended = kept_box.run("start")
    assert ended.returncode == 0
    assert without_notes(ended.stderr) == (
        "It was killed amid changes: what was answered is there, the last messages and log lines may be missing; "
        "run the interrupted command again\n"
    )


def test_another_process_with_the_number_of_a_dead_sandbox_is_left_alone(kept_box: Box) -> None:
    box = kept_box
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        for lock in (box.home.lock, box.home.registry_lock):
            lock.write_text(f"{stranger.pid}\n")
        box.home.record.write_text(box.home.record.read_text().replace("null", str(stranger.pid), 1))
        assert box.must("status").startswith("state            stopped\n")
        assert box.must("stop") == "The sandbox was not running\n"
        box.must("start")
        assert box.status()["pid"] != stranger.pid
        assert stranger.poll() is None
        stranger.communicate(b"\n")


def test_a_taken_port_is_one_sentence_and_nothing_stays_behind(kept_box: Box) -> None:
    box, ports = kept_box, json.loads(kept_box.home.record.read_text())["ports"]
    for name, what in (
        ("moto", "the AWS API"),
        ("aws", "the aws provider"),
        ("docker", "the docker provider"),
        ("registry", "the image registry"),
    ):
        with socket.create_server(("127.0.0.1", ports[name])):
            assert box.refusal("start") == (
                f"port {ports[name]} on 127.0.0.1, which this sandbox keeps for {what}, is taken by another program; "
                f"stop that program (`ss -ltnp 'sport = :{ports[name]}'` names it), or run `slipway sandbox reset` "
                "to begin again on other ports, with an empty cloud and an empty state"
            )
        assert not is_held(box.home.lock)
        assert not is_held(box.home.registry_lock)
    box.must("start")


def test_the_process_outlives_its_terminal_and_has_no_input(shared_box: Box) -> None:
    pid = shared_box.status()["pid"]
    assert os.getsid(pid) == pid
    assert Path(f"/proc/{pid}/fd/0").readlink() == Path("/dev/null")


def test_a_signal_is_a_graceful_stop(box: Box) -> None:
    box.must("start")
    box.client("sqs").create_queue(QueueName="orders")
    os.kill(box.status()["pid"], signal.SIGTERM)
    assert wait_until(lambda: not is_held(box.home.lock), HANG_SECONDS)
    assert not box.home.unsaved.exists()
    box.must("start")
    assert box.status()["contents"] == {"SQS queues": 1}


def _addresses_that_listen(port: int) -> list[str]:
    found = []
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        for line in table.read_text().splitlines()[1:] if table.exists() else ():
            address, _, number = line.split()[1].partition(":")
            if line.split()[3] == "0A" and int(number, 16) == port:
                # The kernel writes 32-bit words in the machine's byte order; gRPC's loopback is ::ffff:127.0.0.1.
                words = [bytes.fromhex(address[at : at + 8])[::-1] for at in range(0, len(address), 8)]
                full = ipaddress.ip_address(b"".join(words))
                found.append(str(getattr(full, "ipv4_mapped", None) or full))
    assert found, f"nothing listens on port {port}"
    return found
