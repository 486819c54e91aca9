"""Assets and archives: their bytes, read in the program's folder."""

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from slipway_sandbox.provider.protocol.assets import content
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.wire import Archive, Asset, Value


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program's folder with a file, a folder, a zip file and a tar file."""
    (tmp_path / "site" / "css").mkdir(parents=True)
    (tmp_path / "site" / ".pulumi").mkdir()
    (tmp_path / "site" / ".pulumi" / "state").write_text("bookkeeping")
    (tmp_path / "site" / "index.html").write_text("hello")
    (tmp_path / "site" / "css" / "a.css").write_text("body {}")
    (tmp_path / "site" / "linked").symlink_to("index.html")
    with zipfile.ZipFile(tmp_path / "app.zip", "w") as packed:
        packed.writestr("inside.txt", "zipped")
    with tarfile.open(tmp_path / "app.tar.gz", "w:gz") as tar:
        tar.add(tmp_path / "site" / "index.html", "inside.txt")
    return tmp_path


def files(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist()}


def test_a_relative_path_starts_at_the_program(program: Path) -> None:
    assert content(Asset({"path": "site/index.html"}), program) == b"hello"
    assert content(Asset({"path": str(program / "site" / "index.html")}), None) == b"hello"
    assert content(Asset({"text": "as it is"}), None) == b"as it is"
    assert content(Asset({"uri": (program / "site" / "index.html").as_uri()}), None) == b"hello"


SITE = {"index.html": "hello", "linked": "hello", "css/a.css": "body {}"}
NESTED: dict[str, Value] = {
    "site": Archive({"path": "site"}),
    "a.txt": Asset({"text": "a"}),
    "site/index.html": Asset({"text": "a second one"}),
}


@pytest.mark.parametrize(
    ("archive", "packed"),
    [
        (Archive({"path": "site"}), SITE),
        (Archive({"path": "app.zip"}), {"inside.txt": "zipped"}),
        (Archive({"path": "app.tar.gz"}), {"inside.txt": "hello"}),
        (Archive({"assets": NESTED}), {"a.txt": "a", **{f"site/{name}": text for name, text in SITE.items()}}),
    ],
)
def test_an_archive_becomes_a_zip_file(program: Path, archive: Archive, packed: dict[str, str]) -> None:
    assert files(content(archive, program)) == packed


def test_the_same_files_are_the_same_bytes(program: Path) -> None:
    first = content(Archive({"path": "site"}), program)
    (program / "site" / "index.html").touch()
    assert content(Archive({"path": "site"}), program) == first
    assert content(Archive({"path": "app.zip"}), program) == (program / "app.zip").read_bytes()


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (
            Asset({"path": "lost"}),
            r"^the asset cannot be read: .*No such file or directory: '.*/lost'; correct the path$",
        ),
        (
            Archive({"path": "site/index.html"}),
            r"/site/index.html is neither an archive nor a folder; correct the path$",
        ),
        ("text", r"^an asset or an archive must be given, got str$"),
    ],
)
def test_an_asset_that_cannot_be_read_is_named(program: Path, source: Value, says: str) -> None:
    with pytest.raises(ProviderError, match=says):
        content(source, program)


def test_a_relative_path_without_a_folder_is_refused() -> None:
    with pytest.raises(ProviderError) as caught:
        content(Asset({"path": "app/x"}), None)
    reason = (
        "the path 'app/x' is relative, and the program's folder cannot be told on this system; write an absolute path"
    )
    assert str(caught.value) == reason
