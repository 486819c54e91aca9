"""What moto and botocore read from disk: the same file once in a process, and a large one when somebody asks for it.

moto asks for the regions of AWS's services by a new session of boto3 each time, and each reads the service's model anew: the
import of moto.ec2 alone parses the model of EC2, the largest of all, three times. moto's own loader and the provider's clients
then read it again; it takes 9 MB each time. moto also reads which instance types each region and zone of the world offers: 150,000
entries, of which a cloud needs a few.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path

import boto3
from botocore.loaders import JSONFileLoader, Loader

OFFERINGS = "ec2/resources/instance_type_offerings"
REGIONS_AT_ONCE = 4
MODEL, DOCUMENTATION = "service-2", "documentation"

Offering = dict[str, str]
Json = dict[str, "Json"] | list["Json"] | str | float | bool | None
_asked: Callable[..., list[str]] = boto3.Session.get_available_regions
_session = cache(boto3.Session)


def read_once() -> None:
    """From here on, all sessions answer by the first one's files. Call it before moto is imported."""
    boto3.Session.get_available_regions = _regions
    Loader.FILE_LOADER_CLASS = Files


class Files(JSONFileLoader):  # type: ignore[misc] # botocore has no types
    """Reads each service's model once in a process, for all loaders, and without documentation."""

    def load_file(self, file_path: str) -> Json:
        """The file's content; None where there is none."""
        return _model(file_path) if file_path.endswith(MODEL) else super().load_file(file_path)


class MotoFiles(Files):
    """For moto's loader: a model that moto adds to is its own, as it is changed by that."""

    def load_file(self, file_path: str) -> Json:
        """The file's content; None where there is none."""
        return _model.__wrapped__(file_path) if _has_extras(file_path) else super().load_file(file_path)


@cache
def _model(path: str) -> Json:
    model: Json = JSONFileLoader().load_file(path)
    _drop_documentation(model)
    return model


def _drop_documentation(value: Json) -> None:
    if isinstance(value, dict):
        if isinstance(value.get(DOCUMENTATION), str):  # a member of this name has a shape
            del value[DOCUMENTATION]
        value = list(value.values())
    for each in value if isinstance(value, list) else ():
        _drop_documentation(each)


def _has_extras(path: str) -> bool:
    """Whether moto has a file that is merged into this one."""
    from moto.core.loaders import moto_root  # noqa: PLC0415 - after `read_once`

    service, version, name = Path(path).parts[-3:]
    return any(Path(moto_root, service.replace("-", ""), version).glob(f"{name}.moto-extras.json*"))


def read_late() -> None:
    """Imports moto.ec2 without the offerings of instance types; they are read by region. Call it before moto.ec2 is imported."""
    from moto.core import loaders  # noqa: PLC0415 - after `read_once`
    from moto.utilities import utils  # noqa: PLC0415 - as above

    loaders.Loader.FILE_LOADER_CLASS = MotoFiles

    read = utils.load_resource
    setattr(utils, "load_resource", lambda resource: [] if OFFERINGS in resource else read(resource))  # noqa: B010 - another type
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
