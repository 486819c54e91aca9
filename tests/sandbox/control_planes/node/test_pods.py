"""How the node reads a pod: amounts, references, Docker's arguments, and pauses between starts."""

import time
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from slipway_sandbox.control_planes.node.container_run import ContainerRun
from slipway_sandbox.control_planes.node.containers import docker_arguments, require_non_root
from slipway_sandbox.control_planes.node.pod_docker import Ended, PodDocker
from slipway_sandbox.control_planes.node.pods import Pod, PodError, Probe, quantity
from slipway_sandbox.control_planes.node.probing import Probing
from slipway_sandbox.control_planes.node.values import expanded

Json = dict[str, Any]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("250m", 0.25),
        ("2", 2.0),
        (1, 1.0),
        ("64Mi", 67_108_864.0),
        ("1Gi", 1_073_741_824.0),
        ("500k", 500_000.0),
        ("1M", 1e6),
    ],
)
def test_an_amount_has_kubernetes_units(text: str | int, amount: float) -> None:
    assert quantity(text) == pytest.approx(amount)


@pytest.mark.parametrize(
    ("text", "value"),
    [("$(HOST):80", "db:80"), ("$$(HOST)", "$(HOST)"), ("$(OTHER)", "$(OTHER)"), ("$HOST", "$HOST"), ("a$$b", "a$b")],
)
def test_a_variable_is_put_in_where_it_is_known(text: str, value: str) -> None:
    assert expanded(text, {"HOST": "db"}) == value


def pod(container: Json, **spec: Json) -> Pod:
    """A pod with one container."""
    return Pod(
        {"metadata": {"name": "p", "namespace": "web"}, "spec": {**spec, "containers": [{"name": "main", **container}]}}
    )


def test_a_container_has_dockers_words() -> None:
    container = {
        "command": ["serve", "--port=$(PORT)"],
        "args": ["$(PORT)"],
        "workingDir": "/srv",
        "resources": {"limits": {"memory": "128Mi", "cpu": "250m"}},
        "securityContext": {
            "readOnlyRootFilesystem": True,
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]},
        },
        "volumeMounts": [
            {"name": "work", "mountPath": "/work"},
            {"name": "files", "mountPath": "/etc/app", "subPath": "app.conf"},
        ],
    }
    made = pod(container, securityContext={"runAsUser": 1000, "runAsGroup": 2000})
    mounts = {"work": "slipway-1-work", "files": "/home/files"}
    assert docker_arguments(made, made.containers[0], {"PORT": "80"}, mounts) == {
        "entrypoint": ["serve", "--port=80"],
        "command": ["80"],
        "environment": {"PORT": "80"},
        "working_dir": "/srv",
        "user": "1000:2000",
        "read_only": True,
        "cap_add": ["NET_BIND_SERVICE"],
        "cap_drop": ["ALL"],
        "healthcheck": {"test": ["NONE"]},
        "stdin_open": False,
        "tty": False,
        "volumes": {
            "slipway-1-work": {"bind": "/work", "mode": "rw"},
            "/home/files/app.conf": {"bind": "/etc/app", "mode": "ro"},
        },
        "security_opt": ["no-new-privileges"],
        "mem_limit": 134_217_728,
        "memswap_limit": 134_217_728,
        "nano_cpus": 250_000_000,
    }


@pytest.mark.parametrize(
    ("security", "user_of_image", "says"),
    [
        ({}, "", ""),
        ({"runAsNonRoot": True, "runAsUser": 1000}, "", ""),
        ({"runAsNonRoot": True}, "1000:1000", ""),
        ({"runAsNonRoot": True, "runAsUser": 0}, "1000", "container's runAsUser breaks non-root policy"),
        ({"runAsNonRoot": True}, "", "container has runAsNonRoot and image will run as root"),
        (
            {"runAsNonRoot": True},
            "app",
            "container has runAsNonRoot and image has non-numeric user (app), cannot verify user is non-root",
        ),
    ],
)
def test_a_container_that_must_not_be_roots_is_not(security: Json, user_of_image: str, says: str) -> None:
    made = pod({"securityContext": security})
    if not says:
        require_non_root(made, made.containers[0], user_of_image)
        return
    with pytest.raises(PodError) as refused:
        require_non_root(made, made.containers[0], user_of_image)
    assert (refused.value.reason, str(refused.value)) == ("CreateContainerConfigError", says)


@dataclass
class DockerOfTest:
    """Answers with the given ends, first to last."""

    ends: list[Ended | None] = field(default_factory=list)

    def started_at(self, container: str) -> str:
        return "2026-01-01T00:00:00Z"

    def ended(self, container: str) -> Ended | None:
        return self.ends.pop(0)


def ended(code: int) -> Ended:
    return Ended(code, "Completed" if code == 0 else "Error", "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z")


@pytest.mark.parametrize(
    ("policy", "code", "is_over"),
    [("Always", 0, False), ("Always", 1, False), ("OnFailure", 0, True), ("OnFailure", 1, False), ("Never", 1, True)],
)
def test_a_container_is_started_again_by_its_policy(policy: str, code: int, is_over: bool) -> None:
    run = ContainerRun({"name": "main"}, policy, cast(PodDocker, DockerOfTest([ended(code)])))
    run.started("id-1", "sha256:1", "172.17.0.2")
    assert (run.is_ready, run.has_started) == (True, True)
    assert run.look() == ""
    assert (run.is_over, run.exit_code, run.restarts) == (is_over, code, 0 if is_over else 1)
    assert (run.id, run.ended_id, run.is_ready) == ("", "id-1", False)


def test_the_pause_before_a_start_doubles() -> None:
    run = ContainerRun({"name": "main"}, "Always", cast(PodDocker, DockerOfTest([ended(1)] * 7)))
    said = []
    for number in range(7):
        run.started(f"id-{number}", "sha256:1", "172.17.0.2")
        run.look()
        said.append(run.status()["state"]["waiting"].get("message", "at once"))  # type: ignore[index,call-overload,union-attr] # JSON
    pauses = ["10", "20", "40", "80", "160", "300"]
    assert said == ["at once", *(f"back-off {pause}s restarting failed container=main" for pause in pauses)]


def test_a_probe_changes_its_verdict_after_as_many_looks_as_it_says() -> None:
    answers = iter(["", "bad", "bad", "", "", ""])
    probe = Probe({}, delay_seconds=0, period_seconds=0, timeout_seconds=1, successes=2, failures=2)
    probing = Probing(probe, lambda _: next(answers), passed=True, due=time.monotonic())
    assert [probing.look() for _ in range(6)] == [True, True, False, False, True, True]
