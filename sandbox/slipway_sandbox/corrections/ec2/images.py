"""Images of today: Ubuntu, Debian and Windows, with their owners' names, dates and Parameter Store paths, in each region.

Sources: https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/
https://wiki.debian.org/Cloud/AmazonEC2Image https://docs.aws.amazon.com/ec2/latest/windows-ami-reference/
"""

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from moto import settings
from moto.ec2.models.amis import Ami, AmiBackend
from moto.ssm.models import Parameter, ParameterDict

from slipway_sandbox.corrections._decorator import corrects

DATE = re.compile(r"(20[12]\d)[.]?([01]\d)[.]?([0-3]\d)(?!\d)")
DEB_ARCHITECTURES = {"x86_64": "amd64", "arm64": "arm64"}
FILTERS = {
    "description": "description",
    "hypervisor": "hypervisor",
    "image-type": "image_type",
    "root-device-name": "root_device_name",
    "root-device-type": "root_device_type",
}
"""Filter to attribute of moto's image."""


@dataclass(frozen=True)
class Series:
    """The images of one system for one architecture; the last one is the newest."""

    owner_id: str
    names: tuple[str, ...]
    architecture: str
    description: str
    parameter: str
    """Path of the newest one's id in the Parameter Store."""
    root_device_name: str = "/dev/sda1"
    platform: str | None = None


def all_series() -> Iterator[Series]:
    """The images beside moto's."""
    for architecture, deb in DEB_ARCHITECTURES.items():
        for version, word, disk in (("20.04", "focal", ""), ("22.04", "jammy", ""), ("24.04", "noble", "-gp3")):
            front = f"ubuntu/images/hvm-ssd{disk}/ubuntu-{word}-{version}-{deb}-server"
            path = f"/aws/service/canonical/ubuntu/server/{version}/stable/current/{deb}/hvm/ebs{disk or '-gp2'}/ami-id"
            names = (f"{front}-20250305", f"{front}-20250530")
            description = f"Canonical, Ubuntu, {version}, {deb} {word} image"
            yield Series("099720109477", names, architecture, description, path)
        for debian, releases in (
            ("11", ("20240717-1811", "20241004-1890")),
            ("12", ("20250316-2053", "20250428-2096")),
        ):
            debians = tuple(f"debian-{debian}-{deb}-{release}" for release in releases)
            path = f"/aws/service/debian/release/{debian}/latest/{deb}"
            yield Series("136693071363", debians, architecture, f"Debian {debian} ({deb})", path, "/dev/xvda")
    for year in ("2019", "2022", "2025"):
        for kind in ("Full", "Core"):
            front = f"Windows_Server-{year}-English-{kind}-Base"
            description = f"Microsoft Windows Server {year} {kind} Locale English AMI provided by Amazon"
            path, names = f"/aws/service/ami-windows-latest/{front}", (f"{front}-2025.04.09", f"{front}-2025.05.15")
            yield Series("801119661308", names, "x86_64", description, path, platform="windows")


def image_id(region: str, name: str) -> str:
    """The id of an image: one in each region, the same on every machine.

    >>> image_id("eu-west-1", "debian-12-amd64-20250428-2096")
    'ami-d6b292cd67b97baa4'
    """
    return f"ami-{hashlib.sha256(f'{region} {name}'.encode()).hexdigest()[:17]}"


@corrects(
    AmiBackend._load_amis,  # noqa: SLF001
    why="moto's newest Ubuntu is of 2017, it has no Debian, and it dates most images at the start of the process; AWS has "
    "current ones of both, and mostRecent finds the newest.",
)
def _load_amis(original: Callable[..., None], self: AmiBackend) -> None:
    original(self)
    started = datetime.now(UTC).replace(tzinfo=None) - timedelta(hours=1)
    for ami in self.amis.values():
        if ami.creation_date.replace(tzinfo=None) > started:
            ami.creation_date = _date(ami.name or "")
    _add(self)


@corrects(
    AmiBackend.describe_images,
    why="moto's images of an older snapshot are those of its time; here the current ones are added, and AWS has them, too.",
)
def describe_images(original: Callable[..., list[Ami]], self: AmiBackend, *rest: object, **named: object) -> list[Ami]:
    _add(self)
    return original(self, *rest, **named)


@corrects(
    Ami.get_filter_value,
    why="moto takes no filter of images by root device, hypervisor, type, description or kind of volume; EC2 does.",
)
def get_filter_value(
    original: Callable[..., object], self: Ami, filter_name: str, method_name: str | None = None
) -> object:
    if filter_name in FILTERS:
        return getattr(self, FILTERS[filter_name])
    if filter_name == "block-device-mapping.volume-type":
        return "gp3" if "gp3" in (self.name or "") else "gp2"
    return original(self, filter_name, method_name)


@corrects(
    ParameterDict._check_loading_status,  # noqa: SLF001
    why="moto has no parameters of Canonical, Debian and Windows images, and its description of an ECS image is no text; AWS "
    "has the newest image's id there, and JSON text.",
)
def _check_loading_status(original: Callable[..., None], self: ParameterDict, key: str) -> None:
    is_new = not self.latest_ecs_amis_loaded
    original(self, key)
    for parameters in dict.values(self) if is_new and self.latest_ecs_amis_loaded else ():
        for parameter in parameters:
            if not isinstance(parameter.value, str):
                parameter.value = json.dumps(parameter.value)
    for series in all_series():
        if str(key or "").startswith(series.parameter.rpartition("/")[0]) and not dict.__contains__(
            self, series.parameter
        ):
            name, value = series.parameter, image_id(self.region_name, series.names[-1])
            parameter = Parameter(  # type: ignore[abstract] # as moto does
                account_id=self.account_id,
                name=name,
                value=value,
                parameter_type="String",
                description=None,
                allowed_pattern=None,
                keyid=None,
                last_modified_date=_date(series.names[-1]),
                version=1,
                data_type="aws:ec2:image",
            )
            dict.__setitem__(self, name, [parameter])


def _add(backend: AmiBackend) -> None:
    if "MOTO_AMIS_PATH" in os.environ or not settings.ec2_load_default_amis():
        return  # who asks moto for other images or none gets those alone
    region: str = backend.region_name  # type: ignore[attr-defined] # of EC2Backend, which this is a part of
    for series in all_series():
        for name in series.names:
            own_id = image_id(region, name)
            if own_id not in backend.amis and own_id not in backend.deleted_amis:
                backend.amis[own_id] = _image(backend, own_id, series, name)


def _image(backend: AmiBackend, own_id: str, series: Series, name: str) -> Ami:
    return Ami(
        backend,
        own_id,
        name=name,
        description=series.description,
        owner_id=series.owner_id,
        owner_alias="amazon",
        public=True,
        virtualization_type="hvm",
        architecture=series.architecture,
        creation_date=_date(name),
        platform=series.platform,
        image_location=f"amazon/{name}",
        hypervisor="xen",
        root_device_type="ebs",
        root_device_name=series.root_device_name,
    )


def _date(name: str) -> datetime:
    """The date in a name; the first day of AWS's oldest images without one."""
    parts = DATE.search(name) or ("", 2017, 11, 1)
    return datetime(int(parts[1]), int(parts[2]), int(parts[3]))  # noqa: DTZ001 - as moto's own
