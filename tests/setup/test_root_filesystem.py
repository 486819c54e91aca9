"""Mirror and suite of a bootstrapped base image: those of the machine's own apt sources."""

import shutil
from pathlib import Path

import pytest

from setup import root_filesystem
from setup.machine import MachineError
from setup.root_filesystem import Source

DEB822 = """# The release and its updates.
Types: deb deb-src
URIs: http://mirror.example/debian
Suites: trixie trixie-updates
Components: main
 non-free-firmware
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: https://packages.example/tools
Suites: trixie
Components: tools

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: trixie
Components: main

Types: deb
URIs: http://inline.example/debian
Suites: trixie
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc
"""
ONE_LINE = """# deb http://commented.example/ubuntu noble main
deb cdrom:[Debian 12]/ bookworm main
deb-src http://mirror.example/ubuntu noble main
deb [arch=amd64 signed-by=/etc/apt/keyrings/u.gpg] http://mirror.example/ubuntu noble main universe # fast
deb http://mirror.example/ubuntu noble-updates main
"""


def sources(tmp_path: Path, name: str, text: str) -> list[Source]:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    return root_filesystem.sources(tmp_path)


def test_deb822_sources_are_read(tmp_path: Path) -> None:
    ring = "/usr/share/keyrings/debian-archive-keyring.gpg"
    assert sources(tmp_path, "sources.list.d/debian.sources", DEB822) == [
        Source("http://mirror.example/debian", "trixie", ("main", "non-free-firmware"), ring),
        Source("http://mirror.example/debian", "trixie-updates", ("main", "non-free-firmware"), ring),
        Source("https://packages.example/tools", "trixie", ("tools",), ""),
        Source("http://inline.example/debian", "trixie", ("main",), ""),
    ]


def test_one_line_sources_are_read(tmp_path: Path) -> None:
    assert sources(tmp_path, "sources.list", ONE_LINE) == [
        Source("http://mirror.example/ubuntu", "noble", ("main", "universe"), "/etc/apt/keyrings/u.gpg"),
        Source("http://mirror.example/ubuntu", "noble-updates", ("main",), ""),
    ]


def test_a_file_of_mirrors_is_followed(tmp_path: Path) -> None:
    mirrors = tmp_path / "mirrors" / "debian.list"
    mirrors.parent.mkdir()
    mirrors.write_text("https://mirror.example/debian\nhttps://second.example/debian\n")
    text = f"Types: deb\nURIs: mirror+file://{mirrors}\nSuites: bookworm\nComponents: main\n"
    assert sources(tmp_path, "sources.list.d/debian.sources", text) == [
        Source("https://mirror.example/debian", "bookworm", ("main",), "")
    ]


@pytest.mark.parametrize(
    ("found", "chosen"),
    [
        ([("tools", ("tools",)), ("bookworm", ("main",))], "bookworm"),
        ([("bookworm", ("tools",)), ("stable", ("main",))], "stable"),
        ([("stable", ("main",)), ("bookworm", ("main",))], "bookworm"),
    ],
    ids=["another vendor is passed over", "a release by its role", "a release by its name first"],
)
def test_the_source_of_the_release_is_chosen(found: list[tuple[str, tuple[str, ...]]], chosen: str) -> None:
    listed = [Source("http://mirror.example", suite, components, "") for suite, components in found]
    assert root_filesystem.choose(listed, "bookworm").suite == chosen


def test_a_machine_without_a_source_for_its_release_is_told_so() -> None:
    with pytest.raises(MachineError) as caught:
        root_filesystem.choose([Source("http://mirror.example", "bookworm-updates", ("main",), "")], "bookworm")
    assert str(caught.value) == (
        "apt has no source for bookworm with component main, so no base image can be bootstrapped; "
        "add one to /etc/apt/sources.list.d and run the command again"
    )


@pytest.mark.skipif(shutil.which("apt-get") is None, reason="without apt the refusal comes first")
def test_the_release_is_read_with_and_without_quotes() -> None:
    fields = root_filesystem.os_release("ID=ubuntu\nVERSION_CODENAME=\"noble\"\nNAME='Ubuntu'\n")
    assert (fields["ID"], fields["VERSION_CODENAME"], fields["NAME"]) == ("ubuntu", "noble", "Ubuntu")


def test_a_system_that_cannot_be_bootstrapped_is_offered_the_other_way() -> None:
    with pytest.raises(MachineError) as caught:
        root_filesystem.os_release("ID=fedora\nVERSION_ID=42\n")
    assert str(caught.value) == (
        "python:3.12-slim cannot be pulled, and a base image can be built from packages on Debian and Ubuntu only; "
        "load that image (`docker load`) and run the command again"
    )
