"""Container definitions and listener rules as plain values."""

import io
import tarfile
from typing import Any

import pytest

from slipway_sandbox.runtime.balancing.routes import Listener, Request, Target, redirect_url
from slipway_sandbox.runtime.balancing.targets import accepted
from slipway_sandbox.runtime.containers import pause
from slipway_sandbox.runtime.containers.specs import ContainerSpec, LogTarget, Size, TaskError, container_spec


def spec(**definition: Any) -> ContainerSpec:
    given: Any = {"name": "main", "image": "app:1"} | definition
    return container_spec(given, {"A": "1"}, "t1", "eu-west-1", Size(cpu=512, memory_mib=1024, host_cpus=2))


def test_a_bare_container_gets_the_limits_of_its_task_and_the_defaults_of_ecs() -> None:
    assert spec().arguments == {
        "command": None,
        "entrypoint": None,
        "environment": {"A": "1"},
        "user": None,
        "working_dir": None,
        "read_only": False,
        "tmpfs": {},
        "volumes": {},
        "init": False,
        "cap_add": None,
        "cap_drop": None,
        "ulimits": [],
        "healthcheck": {"test": ["NONE"]},
        "stdin_open": False,
        "tty": False,
        "mem_limit": 1024 * 1024 * 1024,
        "memswap_limit": 1024 * 1024 * 1024,
        "nano_cpus": 500_000_000,
    }
    assert (spec().stop_timeout_seconds, spec().essential, spec().has_health_check) == (30, True, False)


def test_every_field_that_docker_has_reaches_docker() -> None:
    made = spec(
        command=["serve"],
        entryPoint=["/app"],
        user="10001:10001",
        workingDirectory="/srv",
        readonlyRootFilesystem=True,
        mountPoints=[{"sourceVolume": "cache", "containerPath": "/cache", "readOnly": True}],
        linuxParameters={
            "initProcessEnabled": True,
            "capabilities": {"add": ["SYS_PTRACE"], "drop": ["ALL"]},
            "tmpfs": [{"containerPath": "/tmp", "size": 64, "mountOptions": ["noexec"]}],
        },
        ulimits=[{"name": "nofile", "softLimit": 1024, "hardLimit": 2048}],
        healthCheck={"command": ["CMD-SHELL", "true"], "interval": 5, "startPeriod": 2},
        memory=256,
        memoryReservation=128,
        cpu=128,
        stopTimeout=0,
        essential=False,
    )
    arguments = made.arguments
    assert (arguments["command"], arguments["entrypoint"], arguments["user"]) == (["serve"], ["/app"], "10001:10001")
    assert (arguments["working_dir"], arguments["read_only"], arguments["init"]) == ("/srv", True, True)
    assert arguments["volumes"] == {"slipway-t1-cache": {"bind": "/cache", "mode": "ro"}}
    assert (arguments["cap_add"], arguments["cap_drop"]) == (["SYS_PTRACE"], ["ALL"])
    assert arguments["tmpfs"] == {"/tmp": "size=64m,noexec"}
    assert arguments["ulimits"] == [{"Name": "nofile", "Soft": 1024, "Hard": 2048}]
    nano = 1_000_000_000
    times = {"interval": 5 * nano, "timeout": 5 * nano, "retries": 3, "start_period": 2 * nano}
    assert arguments["healthcheck"] == {"test": ["CMD-SHELL", "true"]} | times
    mib = 1024 * 1024
    assert (arguments["mem_limit"], arguments["mem_reservation"], arguments["cpu_shares"]) == (
        256 * mib,
        128 * mib,
        128,
    )
    assert (made.stop_timeout_seconds, made.essential, made.has_health_check) == (0, False, True)


def test_a_task_never_asks_docker_for_more_cpus_than_there_are() -> None:
    made = container_spec({"name": "a", "image": "a"}, {}, "t", "r", Size(cpu=16384, memory_mib=0, host_cpus=2))
    assert made.arguments["nano_cpus"] == 2_000_000_000
    assert "mem_limit" not in made.arguments


def test_logs_go_to_a_stream_named_as_ecs_names_it() -> None:
    options = {"awslogs-group": "/app", "awslogs-stream-prefix": "web", "awslogs-region": "us-east-1"}
    made = spec(logConfiguration={"logDriver": "awslogs", "options": options})
    assert made.log == LogTarget(group="/app", stream="web/main/t1", create_group=False, region="us-east-1")


@pytest.mark.parametrize(
    ("configuration", "reason"),
    [
        (
            {"logDriver": "splunk"},
            "ResourceInitializationError: the sandbox has no log driver 'splunk'; use awslogs",
        ),
        (
            {"logDriver": "awslogs", "options": {"awslogs-group": "/app"}},
            "ResourceInitializationError: failed to validate logger args: "
            "container 'main' needs the log option awslogs-stream-prefix on Fargate",
        ),
    ],
)
def test_a_log_configuration_that_cannot_work_stops_the_task(configuration: dict[str, Any], reason: str) -> None:
    with pytest.raises(TaskError) as refused:
        spec(logConfiguration=configuration)
    assert str(refused.value) == reason


def test_healthy_targets_take_turns_and_unhealthy_ones_none() -> None:
    targets = [Target("a", 1, True), Target("b", 1, False), Target("c", 1, True)]
    listener = Listener([], {"group": targets}, "HTTP", {})
    picked = [listener.pick({"Type": "forward", "TargetGroupArn": "group"}) for _ in range(4)]
    assert sorted(target.host for target in picked if target) == ["a", "a", "c", "c"]


def test_with_no_healthy_target_every_one_is_tried_and_with_none_nothing_is_picked() -> None:
    listener = Listener([], {"group": [Target("b", 1, False)], "empty": []}, "HTTP", {})
    picked = listener.pick({"Type": "forward", "TargetGroupArn": "group"})
    assert picked == Target("b", 1, False)
    assert listener.pick({"Type": "forward", "TargetGroupArn": "empty"}) is None


def test_a_group_of_weight_0_gets_nothing() -> None:
    groups = [{"TargetGroupArn": "blue", "Weight": 0}, {"TargetGroupArn": "green", "Weight": 1}]
    listener = Listener([], {"blue": [Target("b", 1, True)], "green": [Target("g", 1, True)]}, "HTTP", {})
    action: Any = {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}
    assert {listener.pick(action) for _ in range(20)} == {Target("g", 1, True)}


@pytest.mark.parametrize(
    ("config", "location"),
    [
        ({"Protocol": "HTTPS", "Port": "443"}, "http://localhost:4430/a?b=c"),
        ({"Protocol": "HTTPS", "Port": "443", "Host": "#{host}", "Path": "/#{path}"}, "http://localhost:4430/a?b=c"),
        ({"Protocol": "HTTPS", "Port": "8443"}, "https://localhost:8443/a?b=c"),
        ({"Host": "example.com", "Port": "443", "Protocol": "HTTPS", "Path": "/x"}, "https://example.com:443/x?b=c"),
        ({"Path": "/new/#{path}", "Query": "was=1"}, "http://localhost:80/new/a?was=1"),
    ],
)
def test_a_redirect_to_another_listener_goes_to_its_local_url(config: Any, location: str) -> None:
    request = Request("GET", "/a?b=c", {"host": "localhost:80"})
    assert redirect_url({"RedirectConfig": config}, request, {"443": "http://localhost:4430"}) == location


@pytest.mark.parametrize(
    ("codes", "status", "healthy"),
    [("200", 200, True), ("200", 204, False), ("200,302", 302, True), ("200-299", 204, True), ("200-299", 300, False)],
)
def test_a_matcher_takes_codes_and_ranges(codes: str, status: int, healthy: bool) -> None:
    assert accepted(codes, status) is healthy


@pytest.mark.parametrize("architecture", ["x86_64", "aarch64"])
def test_the_pause_program_is_a_static_executable_of_its_architecture(architecture: str) -> None:
    with tarfile.open(fileobj=io.BytesIO(pause.root_filesystem(architecture))) as archive:
        entry = archive.getmember("pause")
        content = archive.extractfile(entry)
        assert content is not None
        program = content.read()
    assert (entry.mode, program[:4], program[16]) == (0o755, b"\x7fELF", 2)
    assert int.from_bytes(program[18:20], "little") == {"x86_64": 62, "aarch64": 183}[architecture]
    assert len(program) < 200
