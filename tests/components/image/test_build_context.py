"""The digest of a build: the same for the same content anywhere, another for whatever the build would see change."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slipway.image._build_context import Digests, digests, ignore_patterns, is_ignored, seen_files

SETTINGS = "{}"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    context = tmp_path / "app"
    (context / "src").mkdir(parents=True)
    (context / "Dockerfile").write_text("FROM scratch\n")
    (context / "src" / "main.py").write_text("print(1)\n")
    (context / "notes.md").write_text("notes\n")
    (context / ".dockerignore").write_text("*.md\n")
    return context


def of(context: Path, settings: str = SETTINGS) -> str:
    return of_both(context, settings).content


def of_both(context: Path, settings: str = SETTINGS) -> Digests:
    return digests(context, context / "Dockerfile", settings)


def test_a_copy_elsewhere_at_another_time_has_the_same_digest(tree: Path, tmp_path: Path) -> None:
    before = of(tree)
    copied = tmp_path / "elsewhere" / "clone"
    shutil.copytree(tree, copied)
    for path in copied.rglob("*"):
        os.utime(path, (1, 1))
    assert of(copied) == before
    assert len(before) == 64


CHANGES: dict[str, tuple[Callable[[Path], object], bool]] = {
    "content": (lambda folder: (folder / "src/main.py").write_text("print(2)\n"), True),
    "dockerfile": (lambda folder: (folder / "Dockerfile").write_text("FROM other\n"), True),
    "executable": (lambda folder: (folder / "src/main.py").chmod(0o755), True),
    "executable by others": (lambda folder: (folder / "src/main.py").chmod(0o655), False),
    "another umask": (lambda folder: (folder / "src/main.py").chmod(0o664), False),
    "new file": (lambda folder: (folder / "new").write_text(""), True),
    "rename": (lambda folder: (folder / "src/main.py").rename(folder / "src/other.py"), True),
    "link": (lambda folder: (folder / "link").symlink_to("src/main.py"), True),
    "dangling link": (lambda folder: (folder / "link").symlink_to("nowhere"), True),
    "link to a folder": (lambda folder: (folder / "link").symlink_to("src"), True),
    "ignore file": (lambda folder: (folder / ".dockerignore").write_text("*.md\n*.txt\n"), True),
    "ignored content": (lambda folder: (folder / "notes.md").write_text("more\n"), False),
    "ignored new file": (lambda folder: (folder / "more.md").write_text("more\n"), False),
    "time": (lambda folder: os.utime(folder / "src/main.py", (1, 1)), False),
    "pipe": (lambda folder: os.mkfifo(folder / "pipe"), False),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_digest_changes_exactly_when_the_build_can_see_it(tree: Path, change: str) -> None:
    before = of(tree)
    make, seen = CHANGES[change]
    make(tree)
    assert (of(tree) != before) is seen


def test_a_clone_under_another_umask_has_the_same_content_and_other_modes(tree: Path) -> None:
    (tree / "run").write_text("#!/bin/sh\n")
    (tree / "run").chmod(0o755)
    before = of_both(tree)
    for path in tree.rglob("*"):
        path.chmod(0o775 if path.is_dir() or path.name == "run" else 0o664)
    after = of_both(tree)
    assert after.content == before.content
    assert after.modes != before.modes, "the docker provider would build again under the name it has"


def test_settings_and_the_boundary_between_parts_count(tree: Path) -> None:
    assert of(tree, '{"target": "run"}') != of(tree)
    (tree / "ab").write_text("c")
    before = of(tree)
    (tree / "ab").rename(tree / "a")
    (tree / "a").write_text("bc")
    assert of(tree) != before


# Each row checked against the reference: https://docs.docker.com/build/concepts/context/#syntax
IGNORED: list[tuple[str, list[str], list[str]]] = [
    ("*/temp*", ["a/temporary.txt", "a/temp", "a/temp/inside"], ["temp", "a/b/temp"]),
    ("*/*/temp*", ["a/b/temporary.txt"], ["a/temp"]),
    ("temp?", ["tempa", "tempb"], ["temp", "tempab", "a/tempa"]),
    ("**/*.go", ["main.go", "a/main.go", "a/b/main.go"], ["main.got"]),
    ("build", ["build", "build/a/b"], ["a/build", "builds"]),
    ("/build/", ["build", "build/a"], ["a/build"]),
    ("*.md\n!README.md", ["notes.md"], ["README.md"]),
    ("*.md\n!README*.md\nREADME-secret.md", ["notes.md", "README-secret.md"], ["README.md"]),
    ("docs\n!docs/keep", ["docs/a"], ["docs/keep", "docs/keep/a"]),
    ("a/**", ["a/b", "a/b/c"], ["b/a"]),
    ("a/**/b", ["a/b", "a/x/b", "a/x/y/b"], ["a/c"]),
    ("[ab].txt", ["a.txt", "b.txt"], ["c.txt"]),
    ("[^a].txt", ["b.txt"], ["a.txt"]),
    ("# comment\n\n  spaced  ", ["spaced"], ["# comment", "comment"]),
    ("a\\*b", ["a*b"], ["axb"]),
    ("./x/../y", ["y"], ["x"]),
    ("*", ["a", "a/b"], []),
]


@pytest.mark.parametrize(("lines", "ignored", "seen"), IGNORED)
def test_ignore_files_read_as_docker_reads_them(
    tmp_path: Path, lines: str, ignored: list[str], seen: list[str]
) -> None:
    (tmp_path / ".dockerignore").write_text(lines)
    patterns = ignore_patterns(tmp_path, tmp_path / "Dockerfile")
    assert {path: is_ignored(path, patterns) for path in ignored + seen} == dict.fromkeys(
        ignored, True
    ) | dict.fromkeys(seen, False)


def test_a_dockerfile_s_own_ignore_file_comes_first(tree: Path) -> None:
    (tree / "Dockerfile.dockerignore").write_text("src\n")
    patterns = ignore_patterns(tree, tree / "Dockerfile")
    assert list(seen_files(tree, patterns)) == [".dockerignore", "Dockerfile", "Dockerfile.dockerignore", "notes.md"]


def test_a_file_rescued_from_an_ignored_folder_is_seen(tree: Path) -> None:
    (tree / ".dockerignore").write_text("*\n!src/main.py\n")
    patterns = ignore_patterns(tree, tree / "Dockerfile")
    assert list(seen_files(tree, patterns)) == ["src/main.py"]


Tree = dict[str, tuple[bytes, bool]]
TREES = st.dictionaries(
    st.lists(st.sampled_from(["a", "b", "c.py"]), min_size=1, max_size=2).map("-/".join),
    st.tuples(st.binary(max_size=3), st.booleans()),
    max_size=4,
)


def written(tree: Tree, extra_mode: int, time: int) -> str:
    """Content digest of a tree that was cloned with these bits in its modes and at this time."""
    with tempfile.TemporaryDirectory() as folder:
        context = Path(folder)
        (context / "Dockerfile").write_text("FROM scratch\n")
        for name, (data, program) in tree.items():
            path = context / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
            path.chmod((0o700 if program else 0o600) | extra_mode)
            os.utime(path, (time, time))
        return of(context)


@settings(max_examples=60)
@given(TREES, TREES, st.sampled_from([0o044, 0o064, 0o066]))
def test_two_clones_have_one_digest_exactly_when_git_would_call_them_equal(one: Tree, two: Tree, bits: int) -> None:
    assert written(one, bits, 1) == written(one, 0, 2)
    assert (written(one, 0, 1) == written(two, bits, 1)) is (one == two)
