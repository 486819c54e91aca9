"""The SDK's module of classic load balancers: one look-up."""

from slipway_sandbox.provider.aws.declaration import Function
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.wire import Properties

# Accounts of Elastic Load Balancing for access logs.
# Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
ACCOUNTS = {
    "af-south-1": "098369216593",
    "ap-east-1": "754344448648",
    "ap-northeast-1": "582318560864",
    "ap-northeast-2": "600734575887",
    "ap-northeast-3": "383597477331",
    "ap-south-1": "718504428378",
    "ap-southeast-1": "114774131450",
    "ap-southeast-2": "783225319266",
    "ap-southeast-3": "589379963580",
    "ca-central-1": "985666609251",
    "eu-central-1": "054676820928",
    "eu-north-1": "897822967062",
    "eu-south-1": "635631232127",
    "eu-west-1": "156460612806",
    "eu-west-2": "652711504416",
    "eu-west-3": "009996457667",
    "me-south-1": "076674570225",
    "sa-east-1": "507241528517",
    "us-east-1": "127311923021",
    "us-east-2": "033677994240",
    "us-west-1": "027434742980",
    "us-west-2": "797873946194",
}


def get_service_account(scope: Scope) -> Properties:
    """AWS's account for access logs in a region. Newer regions have none: a bucket there needs a policy for the service
    logdelivery.elasticloadbalancing.amazonaws.com.
    """
    account = ACCOUNTS.get(scope.region)
    if account is None:
        raise ProviderError(f"Elastic Load Balancing has no account in {scope.region}; allow the service instead")
    return {"id": account, "arn": f"arn:aws:iam::{account}:root"}


FUNCTIONS = (Function("aws:elb/getServiceAccount:getServiceAccount", "sts", get_service_account),)
