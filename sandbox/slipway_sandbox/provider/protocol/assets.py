"""The bytes of assets and archives, read as by a provider that the engine starts in the program's folder.

Source: https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/archive/archive.go
"""

import io
import os
import tarfile
import urllib.request
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.error import URLError

from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.readers import text
from slipway_sandbox.provider.protocol.wire import Archive, Asset, Value

TARS = (".tar", ".tgz", ".tar.gz")
ZIPS = (".zip", ".jar")
MODIFIED = (1990, 1, 1, 0, 0, 0)  # the engine's own date for every file in an archive
BOOKKEEPING = ".pulumi"

Files = Iterator[tuple[str, bytes]]
"""Path in the archive, and content."""


def content(source: Value, folder: Path | None) -> bytes:
    """The bytes of an asset, or of an archive as a zip file. Relative paths start at `folder`, the program's.

    Raises ProviderError when there is no such file, and for a relative path without a folder.
    """
    try:
        if isinstance(source, Archive):
            return _zip(source, folder)
        if isinstance(source, Asset):
            return _asset(source, folder)
    except (OSError, tarfile.TarError, zipfile.BadZipFile, URLError) as error:
        raise ProviderError(f"the asset cannot be read: {error}; correct the path") from error
    raise ProviderError(f"an asset or an archive must be given, got {type(source).__name__}")


def _asset(asset: Asset, folder: Path | None) -> bytes:
    if asset.fields.get("text") is not None:
        return text(asset.fields, "text").encode()
    if asset.fields.get("path"):
        return located(text(asset.fields, "path"), folder).read_bytes()
    return _fetched(text(asset.fields, "uri"))


def _zip(archive: Archive, folder: Path | None) -> bytes:
    path, uri = text(archive.fields, "path", ""), text(archive.fields, "uri", "")
    if (path or uri).endswith(".zip"):  # as it is
        return located(path, folder).read_bytes() if path else _fetched(uri)
    files: dict[str, bytes] = {}
    for name, data in _files(archive, folder):
        files.setdefault(name, data)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as target:
        for name, data in files.items():
            target.writestr(zipfile.ZipInfo(name, MODIFIED), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _files(archive: Archive, folder: Path | None) -> Files:
    """The files of an archive, in its order. A name may occur twice; the first one counts."""
    path, uri = text(archive.fields, "path", ""), text(archive.fields, "uri", "")
    if path:
        yield from _files_at(located(path, folder))
    elif uri:
        yield from _unpacked(uri, _fetched(uri))
    else:
        assets = archive.fields.get("assets")
        for name, part in sorted(assets.items() if isinstance(assets, Mapping) else ()):
            if isinstance(part, Archive):
                yield from ((f"{name}/{inner}", data) for inner, data in _files(part, folder))
            else:
                yield name, content(part, folder)


def _files_at(place: Path) -> Files:
    if place.name.endswith(TARS + ZIPS):
        yield from _unpacked(place.name, place.read_bytes())
        return
    if not place.is_dir():
        raise ProviderError(f"{place} is neither an archive nor a folder; correct the path")
    for directory, folders, names in os.walk(place):
        folders[:] = sorted(name for name in folders if name != BOOKKEEPING)
        for file in (Path(directory) / name for name in sorted(names) if name != BOOKKEEPING):
            yield file.relative_to(place).as_posix(), file.read_bytes()


def _unpacked(name: str, data: bytes) -> Files:
    if name.endswith(ZIPS):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            yield from ((entry.filename, packed.read(entry)) for entry in packed.infolist() if not entry.is_dir())
        return
    if not name.endswith(TARS):
        raise ProviderError(f"{name} is no archive: its name ends with none of {', '.join(ZIPS + TARS)}")
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        for member in tar:
            if stream := tar.extractfile(member):
                yield member.name, stream.read()


def located(path: str, folder: Path | None) -> Path:
    """The place of a path of the program. Raises ProviderError for a relative path without a folder."""
    if folder is None and not Path(path).is_absolute():
        reason = "the program's folder cannot be told on this system"
        raise ProviderError(f"the path {path!r} is relative, and {reason}; write an absolute path")
    return (folder or Path("/")) / path


def _fetched(uri: str) -> bytes:
    with urllib.request.urlopen(uri) as answer:  # noqa: S310 - the user's own asset
        return bytes(answer.read())
