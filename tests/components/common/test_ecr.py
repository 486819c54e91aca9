"""Hosts of private ECR registries, and the repository of an image."""

from typing import NamedTuple

import pytest

from slipway.common import EcrHost, ecr_host, ecr_repository_arn

ACCOUNT = "123456789012"


class Host(NamedTuple):
    """A host and the registry that it is."""

    host: str
    region: str
    in_china: bool = False


class Image(NamedTuple):
    """An image and the ARN of its repository."""

    image: str
    arn: str | None


HOSTS = [
    Host(f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com", "eu-west-1"),
    Host(f"{ACCOUNT}.dkr.ecr-fips.us-east-1.amazonaws.com", "us-east-1"),
    Host(f"{ACCOUNT}.dkr-ecr.eu-west-1.on.aws", "eu-west-1"),
    Host(f"{ACCOUNT}.dkr-ecr-fips.us-gov-west-1.on.aws", "us-gov-west-1"),
    Host(f"{ACCOUNT}.dkr.ecr.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"),
    Host(f"{ACCOUNT}.dkr.ecr.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"),
    Host(f"{ACCOUNT}.dkr.ecr.cn-north-1.amazonaws.com.cn", "cn-north-1", in_china=True),
    Host(f"{ACCOUNT}.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn", "cn-north-1", in_china=True),
]
IMAGES = [
    Image(f"{HOSTS[0].host}/shop/api:1", f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/shop/api"),
    Image(f"{HOSTS[0].host}/shop/api:1@sha256:0", f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/shop/api"),
    Image(f"{HOSTS[1].host}/api", f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/api"),
    Image(f"{HOSTS[6].host}/shop/api@sha256:0", f"arn:aws-cn:ecr:cn-north-1:{ACCOUNT}:repository/shop/api"),
    Image("public.ecr.aws/nginx/nginx:1", None),
    Image("nginx:1", None),
    Image(HOSTS[0].host, None),
]


@pytest.mark.parametrize("case", HOSTS, ids=lambda it: it.host)
def test_every_form_of_a_private_registry_is_known(case: Host) -> None:
    assert ecr_host(case.host) == EcrHost(ACCOUNT, case.region, case.in_china)


@pytest.mark.parametrize(
    "host",
    [
        "public.ecr.aws",
        "localhost:5000",
        f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com.example.org",
        "12345.dkr.ecr.eu-west-1.amazonaws.com",
        f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonawsXcom",
    ],
)
def test_another_registry_is_not_taken_for_ecr(host: str) -> None:
    assert ecr_host(host) is None


@pytest.mark.parametrize("case", IMAGES, ids=lambda it: it.image)
def test_a_task_may_pull_from_the_repository_of_its_image(case: Image) -> None:
    assert ecr_repository_arn(case.image, "aws") == case.arn
