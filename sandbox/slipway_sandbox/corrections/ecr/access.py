"""Where the registry is, and how Docker logs in to it."""

import datetime
from base64 import b64encode

from moto.core.responses import ActionResult
from moto.ecr.models import Repository
from moto.ecr.responses import ECRResponse

from slipway_sandbox.corrections._decorator import corrects, sets

from .registry import attached

TOKEN_HOURS = 12  # https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html


@corrects(
    ECRResponse.get_authorization_token,
    why="moto's token ended in 2015 and is for a host that nobody reaches; ECR's is good for 12 hours, at its registry.",
)
def get_authorization_token(_: object, self: ECRResponse) -> ActionResult:
    registry = attached()
    accounts: list[str] = self._get_param("registryIds") or [self.current_account]
    expires = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=TOKEN_HOURS)
    aws = f"dkr.ecr.{self.region}.amazonaws.com"
    return ActionResult(
        {
            "authorizationData": [
                {
                    "authorizationToken": b64encode(f"AWS:{account}-auth-token".encode()).decode(),
                    "expiresAt": expires,
                    "proxyEndpoint": f"http://{registry.address}" if registry else f"https://{account}.{aws}",
                }
                for account in accounts
            ]
        }
    )


def _uri(repository: Repository) -> str:
    registry = attached()
    return f"{registry.address}/{repository.name}" if registry else str(vars(repository)["uri"])


def _keep_uri(repository: Repository, uri: str) -> None:
    vars(repository)["uri"] = uri


sets(
    Repository,
    "uri",
    property(_uri, _keep_uri),
    why="moto's repositoryUri names a host of AWS's; here it is the sandbox's registry, and Docker reaches it.",
)
