"""What moto and botocore read from disk: the same file once in a process, and a large one when somebody asks for it.

moto asks for the regions of AWS's services by a new session of boto3 each time, and each reads the service's model anew: the
import of moto.ec2 alone parses the model of EC2, the largest of all, three times. moto's own loader and the provider's clients
then read it again, and each keeps 15 MB. moto also reads which instance types each region and zone of the world offers: 150,000
entries, of which a cloud needs a few.
"""

import gzip
import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path

import boto3
import botocore.session
from botocore.loaders import JSONFileLoader, Loader

OFFERINGS = "ec2/resources/instance_type_offerings"
INSTANCE_TYPES = "ec2/resources/instance_types.json"
REGIONS_AT_ONCE = 4
HEAD_BYTES, METADATA = 4096, re.compile(r'"metadata"\s*:\s*')
MODEL, DOCUMENTATION = "service-2", "documentation"
READ_WHOLE = "clientContextParams"
"""Part of a model whose documentation botocore wants."""

Offering = dict[str, str]
Json = dict[str, "Json"] | list["Json"] | str | float | bool | None
_asked: Callable[..., list[str]] = boto3.Session.get_available_regions


@cache
def _session() -> boto3.Session:
    session = botocore.session.Session()
    session.register_component("data_loader", Loader(file_loader=Heads()))
    return boto3.Session(botocore_session=session)


def read_once() -> None:
    """From here on, one session knows the regions, and a model is read once. Call it before moto is imported."""
    boto3.Session.get_available_regions = _regions
    Loader.FILE_LOADER_CLASS = Files


class Heads(JSONFileLoader):  # type: ignore[misc] # botocore has no types
    """Reads no more of a service's model than its metadata: its regions need the prefix of its endpoints."""

    def load_file(self, file_path: str) -> Json:
        """The file's content; None where there is none."""
        path = Path(f"{file_path}.json.gz")
        if file_path.endswith(MODEL) and path.is_file():
            with gzip.open(path) as file:
                head = file.read(HEAD_BYTES).decode(errors="ignore")
            if found := METADATA.search(head):
                metadata: Json = json.JSONDecoder().raw_decode(head, found.end())[0]
                return {"metadata": metadata}
        content: Json = super().load_file(file_path)
        return content


class Files(JSONFileLoader):  # type: ignore[misc] # botocore has no types
    """Reads each service's model once in a process, for all loaders, and makes it lean."""

    def load_file(self, file_path: str) -> Json:
        """The file's content; None where there is none."""
        return _model(file_path) if file_path.endswith(MODEL) else super().load_file(file_path)


class MotoFiles(Files):
    """For moto's loader: a model that moto adds to is its own, as it is changed by that."""

    def load_file(self, file_path: str) -> Json:
        """The file's content; None where there is none."""
        is_own = file_path.endswith(MODEL) and _has_extras(file_path)
        return lean(JSONFileLoader().load_file(file_path)) if is_own else super().load_file(file_path)


@cache
def _model(path: str) -> Json:
    is_changed = any(Path(path).parent.glob(f"{MODEL}.sdk-extras.json*"))  # botocore merges them into what it has read
    return lean(JSONFileLoader().load_file(path), None if is_changed else {})


def lean(value: Json, known: dict[object, Json] | None = None) -> Json:
    """The same without documentation, with plain dicts; with `known`, what is equal is one object, which nobody may change.

    >>> lean({"a": {"shape": "String", "documentation": "<p>Name.</p>"}})
    {'a': {'shape': 'String'}}
    """
    key: tuple[object, ...]
    if isinstance(value, dict):
        value = {
            name: each if name == READ_WHOLE else lean(each, known)
            for name, each in value.items()
            if name != DOCUMENTATION or not isinstance(each, str)  # a member of this name has a shape
        }
        key = ("dict", *value, *map(id, value.values()))
    elif isinstance(value, list):
        value = [lean(each, known) for each in value]
        key = ("list", *map(id, value))
    elif isinstance(value, str):
        key = ("text", value)
    else:
        return value
    return value if known is None else known.setdefault(key, value)


def _has_extras(path: str) -> bool:
    """Whether moto has a file that is merged into this one."""
    from moto.core.loaders import moto_root  # noqa: PLC0415 - after `read_once`

    service, version, name = Path(path).parts[-3:]
    return any(Path(moto_root, service.replace("-", ""), version).glob(f"{name}.moto-extras.json*"))


def read_late() -> None:
    """The same, and imports moto.ec2 with lean instance types, whose offerings are read by region. Call it before moto is imported."""
    read_once()
    from moto.core import loaders  # noqa: PLC0415 - after `read_once`
    from moto.utilities import utils  # noqa: PLC0415 - as above

    loaders.Loader.FILE_LOADER_CLASS = MotoFiles

    read = utils.load_resource

    def lean_read(resource: str) -> Json:
        if OFFERINGS in resource:
            return []
        return lean(read(resource), {}) if resource.endswith(INSTANCE_TYPES) else read(resource)

    utils.load_resource = lean_read
    try:
        from moto.ec2.models import instance_types  # noqa: PLC0415 - it reads them
    finally:
        utils.load_resource = read
    offerings: dict[str, Mapping[str, list[Offering]]] = instance_types.INSTANCE_TYPE_OFFERINGS
    for location_type, regions in offerings.items():
        offerings[location_type] = Offerings(location_type, regions)


class Offerings(Mapping[str, list[Offering]]):
    """Offerings of instance types by region, in locations of one type; the files of the last few regions stay in memory."""

    def __init__(self, location_type: str, regions: Mapping[str, object]) -> None:
        self._location_type, self._regions = location_type, frozenset(regions)

    def __getitem__(self, region: str) -> list[Offering]:
        if region not in self._regions:
            raise KeyError(region)
        return _offerings(self._location_type, region)

    def __iter__(self) -> Iterator[str]:
        return iter(self._regions)

    def __len__(self) -> int:
        return len(self._regions)


@lru_cache(REGIONS_AT_ONCE)
def _offerings(location_type: str, region: str) -> list[Offering]:
    """As moto reads a region's file."""
    from moto.utilities.utils import load_resource  # noqa: PLC0415 - after `read_once`

    found: list[Offering] = load_resource(f"{OFFERINGS}/{location_type}/{region}.json")
    return [offering | {"LocationType": location_type} for offering in found]


def _regions(
    _self: boto3.Session, service_name: str, partition_name: str = "aws", allow_non_regional: bool = False
) -> list[str]:
    """Takes the place of boto3's own, whose answer depends on no setting of a session."""
    return _asked(_session(), service_name, partition_name, allow_non_regional)
