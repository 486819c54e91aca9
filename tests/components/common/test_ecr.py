"""Hosts of private ECR registries, and the repository of an image."""

from typing import NamedTuple

import pytest

from slipway.common import EcrHost, ecr_host, ecr_repository_arn
from slipway_policies.reading.ecr_hosts import with_common_host
from slipway_sandbox.ecr_hosts import is_ecr_host
from tests.support.ecr_hosts import ACCOUNT, HOSTS, OTHER_HOSTS, Host


class Image(NamedTuple):
    """An image and the ARN of its repository."""

    image: str
    arn: str | None


CHINA = next(case.host for case in HOSTS if case.in_china)
IMAGES = [
    Image(f"{HOSTS[0].host}/shop/api:1", f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/shop/api"),
    Image(f"{HOSTS[0].host}/shop/api:1@sha256:0", f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/shop/api"),
    Image(f"{HOSTS[1].host}/api", f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/api"),
    Image(f"{CHINA}/shop/api@sha256:0", f"arn:aws-cn:ecr:cn-north-1:{ACCOUNT}:repository/shop/api"),
    Image("public.ecr.aws/nginx/nginx:1", None),
    Image("nginx:1", None),
    Image(HOSTS[0].host, None),
]


@pytest.mark.parametrize("case", HOSTS, ids=lambda it: it.host)
def test_every_form_of_a_private_registry_is_known(case: Host) -> None:
    assert ecr_host(case.host) == EcrHost(ACCOUNT, case.region, case.in_china)


@pytest.mark.parametrize("host", [*(case.host for case in HOSTS), *OTHER_HOSTS])
def test_components_policies_and_sandbox_know_the_same_hosts(host: str) -> None:
    parsed = ecr_host(host)
    assert is_ecr_host(host) is (parsed is not None)
    common = f"{parsed.account}.dkr.ecr.{parsed.region}.amazonaws.com" if parsed else host
    assert with_common_host(f"{host}/shop/api:1") == f"{common}/shop/api:1"


@pytest.mark.parametrize(
    "host",
    OTHER_HOSTS,
)
def test_another_registry_is_not_taken_for_ecr(host: str) -> None:
    assert ecr_host(host) is None


@pytest.mark.parametrize("case", IMAGES, ids=lambda it: it.image)
def test_a_task_may_pull_from_the_repository_of_its_image(case: Image) -> None:
    assert ecr_repository_arn(case.image, "aws") == case.arn
