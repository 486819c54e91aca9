"""Every form of an ECR registry's host, read as one.

Source: https://github.com/awslabs/amazon-ecr-credential-helper/blob/main/ecr-login/api/client.go
"""

import re
from typing import Final

HOST: Final = re.compile(
    r"(?P<account>\d{12})\.dkr[.-]ecr(-fips)?\.(?P<region>[a-z0-9-]+)\."
    r"(amazonaws\.com|amazonaws\.eu|on\.aws|amazonaws\.com\.cn|on\.amazonwebservices\.com\.cn"
    r"|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)"
)


def with_common_host(image: str) -> str:
    """The image under its registry's commonest host, so that two names of one image are the same text.

    >>> with_common_host("123456789012.dkr-ecr.eu-west-1.on.aws/shop:1")
    '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:1'
    """
    host, slash, rest = image.partition("/")
    match = HOST.fullmatch(host)
    return f"{match['account']}.dkr.ecr.{match['region']}.amazonaws.com{slash}{rest}" if match else image
