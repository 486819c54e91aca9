"""The digest and the archive of a build context: both have exactly the files for the build."""

import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from slipway_sandbox.provider.docker_images.context import Context


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "app"
    (folder / "sub").mkdir(parents=True)
    (folder / "Dockerfile").write_text("FROM scratch\nCOPY . /\n")
    (folder / "main.py").write_text("print()\n")
    (folder / "sub" / "data.txt").write_text("1\n")
    (folder / "link").symlink_to("main.py")
    (folder / ".dockerignore").write_text("# comment\n\n*.log\nsub/*.tmp\n!sub/kept.tmp\n")
    return folder


def names(context: Context) -> list[str]:
    archive, _ = context.archive()
    with archive, tarfile.open(fileobj=archive) as tar:
        return sorted(tar.getnames())


def of(root: Path) -> Context:
    return Context(root, root / "Dockerfile")


def test_an_unchanged_tree_has_the_same_digest_wherever_it_lies(root: Path, tmp_path: Path) -> None:
    before = of(root).digest()
    assert of(root.rename(tmp_path / "elsewhere")).digest() == before


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "main.py").write_text("print(1)\n"),
        lambda root: (root / "main.py").chmod(0o755),
        lambda root: (root / "main.py").rename(root / "other.py"),
        lambda root: (root / "new").write_text(""),
        lambda root: (root / "Dockerfile").write_text("FROM scratch\n"),
        lambda root: [(root / "link").unlink(), (root / "link").symlink_to("sub")],
        lambda root: (root / "sub" / "kept.tmp").write_text(""),
        lambda root: (root / "Dockerfile.dockerignore").write_text("*.py\n"),
    ],
    ids=["content", "mode", "name", "a new file", "Dockerfile", "link", "taken back", "ignore file of the Dockerfile"],
)
def test_a_change_that_the_build_can_see_changes_the_digest(root: Path, change: Callable[[Path], object]) -> None:
    before = of(root).digest()
    change(root)
    assert of(root).digest() != before


@pytest.mark.parametrize("name", ["error.log", "sub/scratch.tmp"])
def test_an_ignored_file_changes_nothing_and_is_not_sent(root: Path, name: str) -> None:
    before, sent = of(root).digest(), names(of(root))
    (root / name).write_text("noise\n")
    assert (of(root).digest(), names(of(root))) == (before, sent)
    assert {"main.py", "sub/data.txt", "link", "Dockerfile"} <= set(sent)


def test_an_ignore_file_of_the_dockerfile_goes_before_the_general_one(root: Path) -> None:
    (root / "Dockerfile.dockerignore").write_text("sub\n")
    (root / "error.log").write_text("")
    assert "sub/data.txt" not in names(of(root))
    assert "error.log" in names(of(root))


def test_what_the_daemon_itself_reads_is_sent_though_it_is_ignored(root: Path) -> None:
    (root / ".dockerignore").write_text("*\n!main.py\n")
    assert names(of(root)) == [".dockerignore", "Dockerfile", "main.py"]


def test_a_dockerfile_outside_the_context_is_sent_under_a_name_of_its_own(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "api.Dockerfile"
    outside.write_text("FROM scratch\nCOPY main.py /\n")
    context = Context(root, outside)
    archive, name = context.archive()
    with archive, tarfile.open(fileobj=archive) as tar:
        content = tar.extractfile(name)
        assert content is not None
        assert content.read() == outside.read_bytes()
    before = context.digest()
    outside.write_text("FROM scratch\n")
    assert context.digest() != before
