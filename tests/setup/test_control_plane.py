"""`python3 -m setup.control_plane`: what is downloaded, what is built, and where it goes."""

import hashlib
import io
import re
import tarfile
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from setup.control_plane import download, release
from setup.control_plane.download import Release, Source
from setup.engine.build import Program
from setup.engine.console import EngineError
from slipway_policies.data.lists import eks_versions
from slipway_sandbox.control_planes import programs as of_the_sandbox
from slipway_sandbox.corrections.eks import clusters
from tests.support.commands import HANG_SECONDS, run

ROOT = Path(__file__).parents[2]
NAMES = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl"]
GO = """#!/bin/sh
case $1 in
    env) printf 'go1.26.0\\nlocal\\n' ;;
    list) echo one ;;
    build) while [ "$1" != -o ]; do shift; done; echo "$3" > "$2" ;;
esac
"""
# This machine has nothing to download from.
OFFLINE = {"https_proxy": "http://127.0.0.1:9", "no_proxy": ""}


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and does not log them."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        """Nothing."""


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Source]:
    """Releases as Kubernetes and etcd publish them."""
    monkeypatch.setattr("platform.system", lambda: "Linux")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    place = tmp_path / "published"
    kubectl = place / f"v{release.VERSION}" / "bin" / "linux" / "amd64" / "kubectl"
    kubectl.parent.mkdir(parents=True)
    kubectl.write_text("kubectl itself")
    kubectl.with_name("kubectl.sha256").write_text(hashlib.sha256(b"kubectl itself").hexdigest())
    name = f"etcd-v{release.ETCD_VERSION}-linux-amd64"
    archive = place / f"v{release.ETCD_VERSION}" / f"{name}.tar.gz"
    archive.parent.mkdir()
    with tarfile.open(archive, "w:gz") as tar:
        for member in ("README.md", "etcd", "etcdctl"):
            entry = tarfile.TarInfo(f"{name}/{member}")
            content = f"{member} itself".encode()
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    archive.with_name("SHA256SUMS").write_text(f"{'0' * 64}  other.tar.gz\n{digest}  {archive.name}\n")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(place))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}"
        yield Source(address, address)
        server.shutdown()
        thread.join()


def program(name: str) -> Program:
    return next(each for each in release.programs() if each.executable == name)


@pytest.mark.parametrize("name", ["kubectl", "etcd"])
def test_a_released_program_is_downloaded(published: Source, tmp_path: Path, name: str) -> None:
    assert download.install(tmp_path, program(name), published)
    installed = tmp_path / "bin" / name
    assert installed.read_text() == f"{name} itself"
    assert installed.stat().st_mode & 0o777 == 0o755
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("name", ["kubectl", "etcd"])
def test_a_download_with_another_checksum_is_refused(published: Source, tmp_path: Path, name: str) -> None:
    for file in (tmp_path / "published").rglob("*"):
        if file.name in {"kubectl.sha256", "SHA256SUMS"}:
            file.write_text(
                file.read_text().replace(file.read_text().split()[-2 if "SUMS" in file.name else 0], "0" * 64)
            )
    with pytest.raises(
        EngineError, match=rf"{name}.* has SHA-256 [0-9a-f]+, published is 0{{64}}; nothing was installed"
    ):
        download.install(tmp_path, program(name), published)
    assert not (tmp_path / "bin" / name).exists()


@pytest.mark.parametrize(("system", "machine"), [("Darwin", "arm64"), ("Linux", "riscv64")])
def test_a_platform_without_a_release_builds(system: str, machine: str) -> None:
    assert download.release_of(program("etcd"), Source(), system, machine) is None


def test_the_releases_are_those_of_kubernetes_and_etcd() -> None:
    assert download.release_of(program("kube-apiserver"), Source(), "Linux", "aarch64") == Release(
        f"https://dl.k8s.io/release/v{release.VERSION}/bin/linux/arm64/kube-apiserver",
        f"https://dl.k8s.io/release/v{release.VERSION}/bin/linux/arm64/kube-apiserver.sha256",
    )


def test_what_cannot_be_downloaded_is_built_once_into_the_users_cache(tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "go").write_text(GO)
    (tools / "go").chmod(0o755)
    environment = {"PATH": f"{tools}:/usr/bin:/bin", "HOME": str(tmp_path), **OFFLINE}
    command = ["python3", "-m", "setup.control_plane"]
    before = run([*command, "status"], ROOT, environment, HANG_SECONDS)
    assert before.stdout == (
        f"The tests of the sandbox's EKS did not run: this machine lacks {', '.join(NAMES)}; run make ready-eks, then the "
        "tests again\n"
    )
    first = run(command, ROOT, environment, HANG_SECONDS)
    folder = tmp_path / ".cache" / "slipway" / "kubernetes" / release.VERSION / "bin"
    assert first.returncode == 0, first.stdout
    assert first.stdout.count("cannot be downloaded here") == 1, "one look tells for all"
    assert sorted(path.name for path in folder.iterdir()) == NAMES
    assert (folder / "kubectl").read_text() == "k8s.io/kubernetes/cmd/kubectl\n"
    again = run(command, ROOT, environment, HANG_SECONDS)
    assert re.fullmatch(rf"Kubernetes {release.VERSION} in {folder}, ready in [\d.]+ s\n", again.stdout)
    after = run([*command, "status"], ROOT, environment, HANG_SECONDS)
    assert after.stdout == f"The tests of the sandbox's EKS ran with Kubernetes {release.VERSION}\n"


def test_the_releases_are_those_of_the_module() -> None:
    pinned = (release.MODULE / "go.mod").read_text()
    assert f"\tk8s.io/kubernetes v{release.VERSION}\n" in pinned
    assert f"\tgo.etcd.io/etcd/server/v3 v{release.ETCD_VERSION}\n" in pinned
    libraries = [line for line in pinned.splitlines() if line.startswith("	k8s.io/") and "=>" in line]
    assert libraries, "Kubernetes's own go.mod has its libraries in its own tree"
    assert {line.rpartition(" ")[2] for line in libraries} == {f"v0.{release.VERSION.partition('.')[2]}"}


def test_the_sandbox_looks_where_the_set_up_puts_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert of_the_sandbox.VERSION == release.VERSION
    assert of_the_sandbox.folder() == release.programs_folder()
    assert list(of_the_sandbox.NAMES) == NAMES[:-1]


def test_a_cluster_has_the_control_planes_version_which_eks_supports() -> None:
    minor = release.VERSION.rpartition(".")[0]
    assert clusters.VERSION == of_the_sandbox.MINOR == minor
    assert eks_versions()["end_of_standard_support"][minor] > "2026-11-30", "EKS still has it in standard support"
