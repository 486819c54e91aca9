"""Images that programs ask for today: by owner and name, and by parameter; the newest is a newer one."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass

import boto3
import pytest
from moto import mock_aws

from slipway_sandbox import corrections
from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT
from tests.support.sandbox.provider_driver import Driver, ProviderCallError
from tests.support.sandbox.provider_world import provider

os.environ.update(MOTO_ENVIRONMENT)

AMI = "aws:ec2/getAmi:getAmi"
PARAMETER = "aws:ssm/getParameter:getParameter"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with provider() as (port, _):
        yield port


@pytest.fixture(scope="module")
def driver(port: int) -> Iterator[Driver]:
    driver = Driver(port, {"region": "eu-west-1"})
    yield driver
    driver.close()


@dataclass(frozen=True)
class Case:
    owner: str
    pattern: str
    name: str
    """Regular expression of the newest one's name."""
    architecture: str = "x86_64"


UBUNTU, DEBIAN, AMAZON = "099720109477", "136693071363", "amazon"
CASES = {
    "Ubuntu 20.04": Case(
        UBUNTU,
        "ubuntu/images/hvm-ssd/ubuntu-focal-20.04-amd64-server-*",
        "ubuntu/images/hvm-ssd/ubuntu-focal-20.04-amd64-server-20250530",
    ),
    "Ubuntu 22.04": Case(
        UBUNTU,
        "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-*",
        "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20250530",
    ),
    "Ubuntu 24.04 on Graviton": Case(
        UBUNTU,
        "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-*",
        "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-20250530",
        "arm64",
    ),
    "Debian 12": Case(DEBIAN, "debian-12-amd64-*", "debian-12-amd64-20250428-2096"),
    "Debian 12 on Graviton": Case(DEBIAN, "debian-12-arm64-*", "debian-12-arm64-20250428-2096", "arm64"),
    "Windows Server 2022": Case(
        AMAZON, "Windows_Server-2022-English-Full-Base-*", r"Windows_Server-2022-English-Full-Base-2025\.05\.15"
    ),
    "Amazon Linux 2023": Case(
        AMAZON, "al2023-ami-2023.*-x86_64", r"al2023-ami-2023\.\d+\.\d{8}\.\d-kernel-6\.\d+-x86_64"
    ),
    "Amazon Linux 2": Case(AMAZON, "amzn2-ami-hvm-*-x86_64-gp2", r"amzn2-ami-hvm-2\.0\.\d{8}\.\d-x86_64-gp2"),
    "ECS on Graviton": Case(
        AMAZON, "al2023-ami-ecs-hvm-*-arm64", r"al2023-ami-ecs-hvm-2023\.0\.\d{8}-kernel-6\.\d+-arm64", "arm64"
    ),
}


def asked(case: Case) -> dict[str, object]:
    filters = {
        "name": case.pattern,
        "architecture": case.architecture,
        "virtualization-type": "hvm",
        "root-device-type": "ebs",
        "state": "available",
    }
    return {"owners": [case.owner], "filters": [{"name": name, "values": [value]} for name, value in filters.items()]}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_newest_image_of_a_name_is_found(driver: Driver, case: Case) -> None:
    with pytest.raises(ProviderCallError, match=r"Your query returned \d+ results"):
        driver.invoke(AMI, asked(case))
    image = driver.invoke(AMI, {**asked(case), "mostRecent": "true"})
    assert re.fullmatch(case.name, image["name"]), image["name"]
    assert (image["architecture"], image["rootDeviceType"], image["mostRecent"]) == (case.architecture, "ebs", True)
    assert driver.invoke(AMI, {**asked(case), "mostRecent": True})["id"] == image["id"]


def test_each_region_has_images_of_its_own_and_an_image_keeps_its_id(port: int, driver: Driver) -> None:
    far = Driver(port, {"region": "us-west-2"})
    image = {**asked(CASES["Debian 12"]), "mostRecent": True}
    ids = [each.invoke(AMI, image)["id"] for each in (driver, far)]
    far.close()
    assert ids == ["ami-d6b292cd67b97baa4", "ami-f64fb0ef7ca5bb65b"]


PARAMETERS = {
    "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id": "ubuntu-noble-24.04-amd64",
    "/aws/service/canonical/ubuntu/server/22.04/stable/current/arm64/hvm/ebs-gp2/ami-id": "ubuntu-jammy-22.04-arm64",
    "/aws/service/debian/release/12/latest/amd64": "debian-12-amd64",
    "/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base": "Windows_Server-2022-English-Full-Base",
    "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64": "al2023-ami-2023",
    "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id": "al2023-ami-ecs-hvm",
}


@pytest.mark.parametrize(("parameter", "name"), PARAMETERS.items())
def test_a_parameter_has_the_id_of_an_image_that_is_there(driver: Driver, parameter: str, name: str) -> None:
    value = driver.invoke(PARAMETER, {"name": parameter})["insecureValue"]
    image = driver.invoke(AMI, {"filters": [{"name": "image-id", "values": [value]}]})
    assert name in image["name"]


def test_the_description_of_an_ecs_image_is_json_text(driver: Driver) -> None:
    path = "/aws/service/ecs/optimized-ami/amazon-linux-2023"
    described = json.loads(driver.invoke(PARAMETER, {"name": f"{path}/recommended"})["insecureValue"])
    only_id = driver.invoke(PARAMETER, {"name": f"{path}/recommended/image_id"})["insecureValue"]
    assert described["image_id"] == only_id


def test_who_asks_moto_for_no_images_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    corrections.install()
    with mock_aws():
        ec2 = boto3.Session("test", "test").client("ec2", "eu-west-1")
        assert ec2.describe_images()["Images"] == []
        ec2.close()
