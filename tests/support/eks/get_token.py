"""What `aws eks get-token` prints: its token, made by botocore with the steps of the AWS CLI.

Source: https://github.com/aws/aws-cli/blob/develop/awscli/customizations/eks/get_token.py
"""

import base64

from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

CLUSTER_HEADER = "x-k8s-aws-id"
QUERY = "Action=GetCallerIdentity&Version=2011-06-15"


def token(
    cluster: str,
    keys: Credentials,
    endpoint: str = "https://sts.eu-west-1.amazonaws.com",
    query: str = QUERY,
    header: str = CLUSTER_HEADER,
) -> str:
    """A token for a cluster, signed with these keys."""
    request = AWSRequest("GET", f"{endpoint}/?{query}", headers={header: cluster})
    SigV4QueryAuth(keys, "sts", "eu-west-1", expires=60).add_auth(request)
    return encoded(str(request.url))


def encoded(url: str) -> str:
    """A URL in the form of a token."""
    return "k8s-aws-v1." + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")
