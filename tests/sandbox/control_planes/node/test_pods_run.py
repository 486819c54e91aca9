"""Pods of a cluster in Auto Mode: they really run, and Kubernetes shows how."""

import contextlib
import os
import signal
from collections.abc import Iterator

import docker
import pytest
from botocore.credentials import Credentials

from slipway_sandbox.process.held_files import holder, wait_until
from tests.sandbox.conftest import Box, boxed
from tests.support.commands import HANG_SECONDS
from tests.support.eks.api_server import ApiServer
from tests.support.eks.cluster import AUTO_MODE, create_cluster
from tests.support.eks.control_plane import needs_control_plane
from tests.support.eks.objects import (
    CORE,
    DEPLOYMENTS,
    JOBS,
    PODS,
    SECRETS,
    SETTINGS,
    Cluster,
    Json,
    container,
    pods_in_docker,
)
from tests.support.sandbox.runtime_cloud import make_image

pytestmark = [pytest.mark.eks, needs_control_plane]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    scratch = tmp_path_factory.mktemp("image")
    try:
        make_image(scratch)
    except docker.errors.DockerException:
        pytest.skip("no Docker on this machine")
    with boxed(tmp_path_factory.mktemp("pods") / "home") as box:
        box.must("start")
        yield box


@pytest.fixture(scope="module")
def cluster(sandbox: Box) -> Cluster:
    api = ApiServer(create_cluster(sandbox, **AUTO_MODE))
    made = Cluster(api, Credentials("sandbox", sandbox.home.secret_key.read_text()))
    made.until(f"{CORE}/serviceaccounts/default", lambda account: account["metadata"])
    return made


def test_a_deployment_runs_with_its_settings_and_rolls_out(cluster: Cluster) -> None:
    cluster.create(SETTINGS, "shop-settings", data={"GREETING": "hello", "file.txt": "from a file"})
    cluster.create(SECRETS, "shop-secret", stringData={"PASSWORD": "s3cret"})
    script = (
        "busybox cat /work/init /settings/file.txt; echo; echo $GREETING $(PASSWORD) $POD; busybox id -u; echo x 2>/dev/null > /x || "
        "echo read-only; busybox cat /var/run/secrets/kubernetes.io/serviceaccount/namespace; echo; exec busybox httpd -f -p 8080 -h /work"
    )
    work: Json = {"name": "work", "mountPath": "/work"}
    main = container(
        script,
        envFrom=[{"configMapRef": {"name": "shop-settings"}}],
        env=[
            {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "shop-secret", "key": "PASSWORD"}}},
            {"name": "POD", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        ],
        ports=[{"name": "web", "containerPort": 8080}],
        readinessProbe={"httpGet": {"path": "/init", "port": "web"}, "periodSeconds": 1},
        resources={"limits": {"memory": "64Mi", "cpu": "500m"}},
        securityContext={"readOnlyRootFilesystem": True, "allowPrivilegeEscalation": False},
        volumeMounts=[work, {"name": "settings", "mountPath": "/settings"}],
    )
    spec = {
        "terminationGracePeriodSeconds": 1,
        "securityContext": {"runAsNonRoot": True, "runAsUser": 1000},
        "initContainers": [{**container("echo made > /work/init"), "name": "first", "volumeMounts": [work]}],
        "containers": [main],
        "volumes": [{"name": "work", "emptyDir": {}}, {"name": "settings", "configMap": {"name": "shop-settings"}}],
    }
    labels = {"app": "shop"}
    template = {"metadata": {"labels": labels}, "spec": spec}
    cluster.create(DEPLOYMENTS, "shop", spec={"replicas": 2, "selector": {"matchLabels": labels}, "template": template})
    cluster.until(f"{DEPLOYMENTS}/shop", lambda found: found["status"]["readyReplicas"] == 2)
    names = cluster.names("shop")
    said = cluster.log(names[0]).splitlines()
    assert said == ["made", "from a file", f"hello s3cret {names[0]}", "1000", "read-only", "default"]

    change = {
        "spec": {
            "template": {
                "spec": {"containers": [{"name": "main", "args": [], "env": [{"name": "ROUND", "value": "2"}]}]}
            }
        }
    }
    cluster.patch(f"{DEPLOYMENTS}/shop", change)
    cluster.until(
        f"{DEPLOYMENTS}/shop",
        lambda found: (
            found["status"]["observedGeneration"] == 2
            and (found["status"]["updatedReplicas"], found["status"]["replicas"], found["status"]["readyReplicas"])
            == (2, 2, 2)
        ),
    )
    assert set(cluster.names("shop")).isdisjoint(names)
    cluster.delete(f"{DEPLOYMENTS}/shop")
    assert wait_until(lambda: pods_in_docker("shop-") == [], HANG_SECONDS)


def test_a_job_ends_with_its_exit_code_and_keeps_its_log(cluster: Cluster) -> None:
    for name, code in (("good", 0), ("bad", 3)):
        template = {"spec": {"restartPolicy": "Never", "containers": [container(f"echo {name}; exit {code}")]}}
        cluster.create(JOBS, name, spec={"backoffLimit": 0, "template": template})
    cluster.until(f"{JOBS}/good", lambda job: job["status"]["succeeded"] == 1)
    cluster.until(f"{JOBS}/bad", lambda job: job["status"]["failed"] == 1)
    for name, code, phase in (("good", 0, "Succeeded"), ("bad", 3, "Failed")):
        (pod,) = cluster.get(f"{PODS}?labelSelector=job-name%3D{name}")["items"]
        ended = pod["status"]["containerStatuses"][0]["state"]["terminated"]
        assert (pod["status"]["phase"], ended["exitCode"]) == (phase, code)
        assert cluster.log(pod["metadata"]["name"]) == f"{name}\n"
        cluster.delete(f"{JOBS}/{name}")


def test_a_container_that_ends_is_started_again_with_pauses(cluster: Cluster) -> None:
    cluster.pod("crash", "echo again; exit 3")
    state = cluster.state_of("crash", lambda found: found["state"]["waiting"]["reason"] == "CrashLoopBackOff")
    assert state["restartCount"] == 2, "the first time it is started again at once"
    assert state["state"]["waiting"]["message"] == "back-off 10s restarting failed container=main"
    assert (state["lastState"]["terminated"]["exitCode"], state["lastState"]["terminated"]["reason"]) == (3, "Error")
    assert cluster.log("crash") == "again\n"
    cluster.delete(f"{PODS}/crash")


def test_an_image_that_cannot_be_pulled_keeps_its_first_message(cluster: Cluster) -> None:
    cluster.pod("lost", "true", image="localhost:1/none:1")
    first = cluster.state_of("lost", lambda found: found["state"]["waiting"]["reason"] == "ErrImagePull")
    words = first["state"]["waiting"]["message"]
    assert words.startswith('failed to pull image "localhost:1/none:1": ')
    later = cluster.state_of("lost", lambda found: found["state"]["waiting"]["reason"] == "ImagePullBackOff")
    assert later["state"]["waiting"]["message"] == f'Back-off pulling image "localhost:1/none:1": ErrImagePull: {words}'
    cluster.delete(f"{PODS}/lost")


def test_a_pod_waits_for_the_config_map_that_it_names(cluster: Cluster) -> None:
    cluster.pod("early", "echo $A; busybox sleep 600", envFrom=[{"configMapRef": {"name": "late"}}])
    state = cluster.state_of("early", lambda found: found["state"]["waiting"]["reason"] == "CreateContainerConfigError")
    assert state["state"]["waiting"]["message"] == 'configmap "late" not found'
    cluster.create(SETTINGS, "late", data={"A": "b"})
    cluster.state_of("early", lambda found: found["ready"])
    assert cluster.log("early") == "b\n"
    cluster.delete(f"{PODS}/early")


def test_a_probe_that_fails_takes_a_container_out_or_kills_it(cluster: Cluster) -> None:
    script = "busybox touch /tmp/well; busybox sleep 600"
    well = {"exec": {"command": ["busybox", "test", "-e", "/tmp/well"]}, "periodSeconds": 1, "failureThreshold": 1}
    never = {"tcpSocket": {"port": 9}, "periodSeconds": 1}
    cluster.pod("sick", script.replace("touch", "true"), livenessProbe={**well, "initialDelaySeconds": 1})
    cluster.pod("unready", script, readinessProbe=never, livenessProbe={**well, "initialDelaySeconds": 1})
    state = cluster.state_of("sick", lambda found: found["restartCount"] >= 1)
    assert state["lastState"]["terminated"]["exitCode"] == 137
    state = cluster.state_of("unready", lambda found: found["state"]["running"])
    assert (state["ready"], state["started"], state["restartCount"]) == (False, True, 0)
    for name in ("sick", "unready"):
        cluster.delete(f"{PODS}/{name}")


REFUSED: dict[str, tuple[Json, Json, str]] = {
    "network": ({"hostNetwork": True}, {}, "the sandbox's node runs no pod with hostNetwork"),
    "path": (
        {"volumes": [{"name": "all", "hostPath": {"path": "/"}}]},
        {},
        "the sandbox's node has no volumes of kind hostPath, as 'all' is",
    ),
    "privileged": (
        {},
        {"securityContext": {"privileged": True}},
        "container 'main': the sandbox's node runs nothing privileged",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_pod_that_the_node_cannot_run_fails_with_the_reason(cluster: Cluster, name: str) -> None:
    spec, fields, says = REFUSED[name]
    cluster.pod(name, "busybox sleep 600", spec=spec, **fields)
    pod = cluster.until(f"{PODS}/{name}", lambda found: found["status"]["phase"] == "Failed")
    assert (pod["status"]["reason"], pod["status"]["message"]) == ("UnsupportedPod", says)
    assert pods_in_docker(name) == []
    cluster.delete(f"{PODS}/{name}")


def test_a_cluster_has_a_node_while_something_runs_its_pods(sandbox: Box, cluster: Cluster) -> None:
    eks = sandbox.client("eks")
    off = {
        "computeConfig": {"enabled": False},
        "kubernetesNetworkConfig": {"elasticLoadBalancing": {"enabled": False}},
        "storageConfig": {"blockStorage": {"enabled": False}},
    }
    eks.update_cluster_config(name="main", **off)
    cluster.until("/api/v1/nodes", lambda found: found["items"] == [])
    eks.update_cluster_config(name="main", **AUTO_MODE)
    cluster.until("/api/v1/nodes/sandbox", lambda node: "taints" not in node["spec"])


def test_pods_go_on_while_the_api_server_starts_again(sandbox: Box, cluster: Cluster) -> None:
    cluster.pod("lasting", "busybox sleep 600")
    before = cluster.state_of("lasting", lambda found: found["ready"])["containerID"]
    (lock,) = sandbox.home.control_planes.glob("*/kube-apiserver.lock")
    killed = holder(lock)
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    assert wait_until(lambda: holder(lock) not in (None, killed), HANG_SECONDS)

    def is_the_same() -> bool:
        with contextlib.suppress(OSError, KeyError):
            (state,) = cluster.get(f"{PODS}/lasting")["status"]["containerStatuses"]
            return bool(state["containerID"] == before and state["restartCount"] == 0)
        return False

    assert wait_until(is_the_same, HANG_SECONDS)
    cluster.delete(f"{PODS}/lasting")


def test_a_sandbox_that_ends_leaves_no_container_and_starts_its_pods_again(sandbox: Box, cluster: Cluster) -> None:
    cluster.pod("steady", "echo up; busybox sleep 600")
    cluster.state_of("steady", lambda found: found["ready"])

    def is_back(restarts: int) -> bool:
        with contextlib.suppress(OSError, KeyError):
            (state,) = cluster.get(f"{PODS}/steady")["status"]["containerStatuses"]
            return bool(state["ready"] and state["restartCount"] == restarts)
        return False

    sandbox.must("stop")
    assert pods_in_docker("steady") == []
    sandbox.must("start")
    assert wait_until(lambda: is_back(1), HANG_SECONDS)
    assert cluster.log("steady") == "up\n"

    sandbox.saved()
    sandbox.kill()
    sandbox.must("stop")
    assert pods_in_docker("steady") == []
    sandbox.must("start")
    assert wait_until(lambda: is_back(2), HANG_SECONDS)
    assert list(sandbox.home.control_planes.glob("*/pods/*")) != [], "its service account's token is a file"
    cluster.delete(f"{PODS}/steady")
    assert list(sandbox.home.control_planes.glob("*/pods/*")) == []
