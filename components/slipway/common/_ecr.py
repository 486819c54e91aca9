"""Amazon ECR: every form of a private registry's host, and the actions of a pull.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
Source: https://github.com/awslabs/amazon-ecr-credential-helper/blob/main/ecr-login/api/client.go
"""

import re
from dataclasses import dataclass

PULL_ACTIONS = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
# Commercial, GovCloud, China, European sovereign and isolated partitions; `dkr-ecr` has IPv6, too; `-fips` is FIPS 140.
HOST = re.compile(
    r"(?P<account>[0-9]{12})\.dkr[.-]ecr(-fips)?\.(?P<region>[a-z0-9-]+)\."
    r"(amazonaws\.com|amazonaws\.eu|on\.aws|(?P<china>amazonaws\.com\.cn|on\.amazonwebservices\.com\.cn)"
    r"|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)"
)


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
