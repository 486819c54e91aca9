"""The official release, from a server of this test."""

import hashlib
import io
import os
import platform
import tarfile
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from setup.engine import download
from setup.engine.console import EngineError
from setup.engine.download import Source


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and does not log them."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        """Nothing."""


@pytest.fixture
def archive() -> str:
    name = download.archive_name(platform.system(), platform.machine())
    assert name is not None
    return name


@pytest.fixture
def published(tmp_path: Path, archive: str) -> Iterator[Source]:
    """An archive as the official ones are, and its checksums."""
    place = tmp_path / "published"
    place.mkdir()
    with tarfile.open(place / archive, "w:gz") as tar:
        for name in ("pulumi", "pulumi-language-python", "pulumi-language-python-exec"):
            content = f"#!/bin/sh\necho {name}\n".encode()
            entry = tarfile.TarInfo(f"pulumi/{name}")
            entry.size, entry.mode = len(content), 0o755
            tar.addfile(entry, io.BytesIO(content))
    digest = hashlib.sha256((place / archive).read_bytes()).hexdigest()
    (place / "checksums.txt").write_text(f"{'0' * 64}  other.tar.gz\n{digest}  {archive}\n")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(place))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}"
        yield Source(address, f"{address}/checksums.txt")
        server.shutdown()
        thread.join()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    place = tmp_path / "root"
    place.mkdir()
    return place


@pytest.mark.parametrize(
    ("system", "machine", "name"),
    [
        ("Linux", "x86_64", "pulumi-v3.259.0-linux-x64.tar.gz"),
        ("Linux", "aarch64", "pulumi-v3.259.0-linux-arm64.tar.gz"),
        ("Darwin", "x86_64", "pulumi-v3.259.0-darwin-x64.tar.gz"),
        ("Darwin", "arm64", "pulumi-v3.259.0-darwin-arm64.tar.gz"),
        ("Linux", "riscv64", None),
        ("FreeBSD", "amd64", None),
    ],
)
def test_each_platform_has_its_archive(system: str, machine: str, name: str | None) -> None:
    assert download.archive_name(system, machine) == name


def test_the_official_release_is_unpacked_into_bin(published: Source, root: Path) -> None:
    assert download.install(root, published)
    names = {"pulumi", "pulumi-language-python", "pulumi-language-python-exec"}
    assert {path.name for path in (root / "bin").iterdir()} == names
    assert all(os.access(path, os.X_OK) for path in (root / "bin").iterdir())
    assert [path.name for path in root.iterdir()] == ["bin"], "no scratch is left"


def test_an_archive_that_differs_from_its_checksum_is_refused(
    published: Source, root: Path, tmp_path: Path, archive: str
) -> None:
    sums = tmp_path / "published" / "checksums.txt"
    digest = hashlib.sha256((tmp_path / "published" / archive).read_bytes()).hexdigest()
    sums.write_text(f"{'0' * 64}  {archive}\n")
    with pytest.raises(EngineError) as refusal:
        download.install(root, published)
    assert str(refusal.value) == (
        f"{archive} has SHA-256 {digest}, published is {'0' * 64}; nothing was installed, "
        "try again or install the Pulumi CLI by hand (https://www.pulumi.com/docs/install)"
    )
    assert list(root.iterdir()) == []


def test_an_archive_without_a_checksum_is_refused(published: Source, root: Path, tmp_path: Path) -> None:
    (tmp_path / "published" / "checksums.txt").write_text("")
    with pytest.raises(EngineError, match="published is none"):
        download.install(root, published)


def test_a_release_that_cannot_be_reached_says_why(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert not download.install(root, Source("http://127.0.0.1:9", "http://127.0.0.1:9/checksums.txt"))
    assert capsys.readouterr().err == (
        "the official Pulumi CLI cannot be downloaded here ([Errno 111] Connection refused)\n"
    )
    assert list(root.iterdir()) == []


def test_a_release_that_is_not_published_says_so(
    published: Source, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not download.install(root, Source(published.archives, f"{published.archives}/absent.txt"))
    assert "cannot be downloaded here (File not found)" in capsys.readouterr().err
