"""Names of images as every registry reads them; Amazon ECR: every form of a private registry's host, the actions of a pull.

Source: https://github.com/distribution/reference/blob/main/regexp.go and normalize.go
Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
Source: https://github.com/awslabs/amazon-ecr-credential-helper/blob/main/ecr-login/api/client.go
"""

import re
from dataclasses import dataclass

IMAGE_EXAMPLES = "python:3.12-slim or ghcr.io/shop/app:1.4"
# A first part with a dot, a port or a capital, or localhost, is a registry; any other part is a name.
_HOST = r"(?:[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|[A-Za-z0-9-]+(?=:)|[a-z0-9-]*[A-Z][A-Za-z0-9-]*|localhost)(?::[0-9]+)?/"
_WORD = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_DIGEST = r"@sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})"
LONGEST_NAME = 255  # without tag and digest
_IMAGE = re.compile(rf"(?P<name>(?:{_HOST})?{_WORD}(?:/{_WORD})*)(?::\w[\w.-]{{0,127}})?(?:{_DIGEST})?", re.ASCII)
PULL_ACTIONS = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
# Commercial, GovCloud, China, European sovereign and isolated partitions; `dkr-ecr` has IPv6, too; `-fips` is FIPS 140.
HOST = re.compile(
    r"(?P<account>[0-9]{12})\.dkr[.-]ecr(-fips)?\.(?P<region>[a-z0-9-]+)\."
    r"(amazonaws\.com|amazonaws\.eu|on\.aws|(?P<china>amazonaws\.com\.cn|on\.amazonwebservices\.com\.cn)"
    r"|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)"
)


def is_image_name(text: str) -> bool:
    """Whether a text names an image. A number alone does not: no registry has such a name, and YAML makes it by mistake.

    >>> is_image_name("ghcr.io/shop/app:1.4"), is_image_name("UPPER:1")
    (True, False)
    """
    match = _IMAGE.fullmatch(text)
    return match is not None and len(match["name"]) <= LONGEST_NAME and any(character.isalpha() for character in text)


@dataclass(frozen=True)
class EcrHost:
    """Host of a private ECR registry.

    >>> ecr_host("123456789012.dkr.ecr.eu-west-1.amazonaws.com")
    EcrHost(account='123456789012', region='eu-west-1', in_china=False)
    """

    account: str
    """Account id, 12 digits."""
    region: str
    """Region, such as eu-west-1."""
    in_china: bool
    """The registry is in the partition aws-cn."""


def ecr_host(host: str) -> EcrHost | None:
    """Parse a registry's host; None for a registry outside of ECR."""
    match = HOST.fullmatch(host)
    return EcrHost(match["account"], match["region"], match["china"] is not None) if match else None


def ecr_repository_arn(image: str, partition: str) -> str | None:
    """ARN of an image's ECR repository, in `partition` or in China's; None for an image outside of ECR."""
    host, _, rest = image.partition("/")
    registry, repository = ecr_host(host), re.split("[:@]", rest, maxsplit=1)[0]
    if registry is None or not repository:
        return None
    partition = "aws-cn" if registry.in_china else partition
    return f"arn:{partition}:ecr:{registry.region}:{registry.account}:repository/{repository}"
