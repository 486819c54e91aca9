"""Hosts of registries: every form of ECR's private ones, and others."""

from typing import NamedTuple

ACCOUNT = "123456789012"


class Host(NamedTuple):
    """A host and the registry that it is."""

    host: str
    region: str
    in_china: bool = False


HOSTS = [
    Host(f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com", "eu-west-1"),
    Host(f"{ACCOUNT}.dkr.ecr-fips.us-east-1.amazonaws.com", "us-east-1"),
    Host(f"{ACCOUNT}.dkr-ecr.eu-west-1.on.aws", "eu-west-1"),
    Host(f"{ACCOUNT}.dkr-ecr-fips.us-gov-west-1.on.aws", "us-gov-west-1"),
    Host(f"{ACCOUNT}.dkr.ecr.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"),
    Host(f"{ACCOUNT}.dkr.ecr.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"),
    Host(f"{ACCOUNT}.dkr.ecr.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1"),
    Host(f"{ACCOUNT}.dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk", "eu-isoe-west-1"),
    Host(f"{ACCOUNT}.dkr.ecr.us-isof-east-1.csp.hci.ic.gov", "us-isof-east-1"),
    Host(f"{ACCOUNT}.dkr.ecr.cn-north-1.amazonaws.com.cn", "cn-north-1", in_china=True),
    Host(f"{ACCOUNT}.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn", "cn-north-1", in_china=True),
]
OTHER_HOSTS = [
    "public.ecr.aws",
    "localhost:5000",
    f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com.example.org",
    "12345.dkr.ecr.eu-west-1.amazonaws.com",
    f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonawsXcom",
]
