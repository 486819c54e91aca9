"""Every form of an ECR registry's host.

Source: https://github.com/awslabs/amazon-ecr-credential-helper/blob/main/ecr-login/api/client.go
"""

import re

HOST = re.compile(
    r"\d{12}\.dkr[.-]ecr(-fips)?\.(?P<region>[a-z0-9-]+)\."
    r"(amazonaws\.com|amazonaws\.eu|on\.aws|amazonaws\.com\.cn|on\.amazonwebservices\.com\.cn"
    r"|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)"
)


def is_ecr_host(host: str) -> bool:
    """Whether a registry's host is a private one of ECR: of FIPS, with IPv6, or of another partition, too.

    >>> is_ecr_host("123456789012.dkr-ecr.eu-west-1.on.aws"), is_ecr_host("public.ecr.aws")
    (True, False)
    """
    return HOST.fullmatch(host) is not None


def region_of(host: str) -> str:
    """The region in a host of ECR; empty for another host.

    >>> region_of("123456789012.dkr-ecr-fips.us-east-1.on.aws")
    'us-east-1'
    """
    found = HOST.fullmatch(host)
    return found["region"] if found else ""


def in_registry(image: str, registry: str) -> str:
    """An image of ECR under the host of the registry in its place; another image as it is."""
    host, _, rest = image.partition("/")
    return f"{registry}/{rest}" if is_ecr_host(host) else image
