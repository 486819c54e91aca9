"""The declarations, one file per AWS service, found by the service's name in the token and imported on first use."""

import importlib
import importlib.util
from functools import cache
from pathlib import Path

from slipway_sandbox.provider.aws.declaration import Function, Resource
from slipway_sandbox.provider.protocol.errors import ProviderError

FOLDER = Path(__file__).parent
NO_SERVICES = ("__init__", "__pycache__", "lookup")
MODULE_ALIASES = {"alb": "lb", "applicationloadbalancing": "lb", "elasticloadbalancingv2": "lb"}
"""Older names of a module, which the SDK still has beside the new one or which states still hold."""
PLACES = {
    "ebs": "ec2.instances.ebs",
    "ec2transitgateway": "ec2.networks.ec2transitgateway",
    "elb": "lb.classic",
    "vpc": "ec2.security.vpc",
}
"""Modules of the SDK that are declared in another service's folder, as the API is that service's."""
V2 = "V2"
"""Ending of older names of S3's resources, such as BucketVersioningV2."""
OTHERS_IN_V2 = ("BucketV2",)
"""Resources that end so and have other properties than the one without."""


def canonical(token: str) -> str:
    """The token that a type or function is declared under: the newer name where it has two with the same properties."""
    package, path, name = token.split(":")
    module, slash, file = path.partition("/")
    module = MODULE_ALIASES.get(module, module)
    if module == "s3" and name.endswith(V2) and name not in OTHERS_IN_V2:
        name, file = name.removesuffix(V2), file.removesuffix(V2)
    return f"{package}:{module}{slash}{file}:{name}"


def resource(token: str) -> Resource:
    """Declaration of a resource type. Raises ProviderError for one that the sandbox does not have."""
    found = _declarations(_file(canonical(token)))[0].get(canonical(token))
    if found is None:
        raise ProviderError(_unknown("resource type", token))
    return found


def function(token: str) -> Function:
    """Declaration of a function. Raises ProviderError for one that the sandbox does not have."""
    found = _declarations(_file(canonical(token)))[1].get(canonical(token))
    if found is None:
        raise ProviderError(_unknown("function", token))
    return found


def all_resources() -> list[Resource]:
    """Every declared resource type, by token."""
    return [found for name in _files() for _, found in sorted(_declarations(name)[0].items())]


def all_functions() -> list[Function]:
    """Every declared function, by token."""
    return [found for name in _files() for _, found in sorted(_declarations(name)[1].items())]


def _file(token: str) -> str:
    return token.split(":")[1].partition("/")[0]


def _files() -> list[str]:
    own = {path.stem for path in FOLDER.iterdir() if path.stem.isidentifier() and path.stem not in NO_SERVICES}
    return sorted(own | set(PLACES))


@cache
def _declarations(name: str) -> tuple[dict[str, Resource], dict[str, Function]]:
    place = f"{__name__}.{PLACES.get(name, name)}"
    if not name.isidentifier() or name in NO_SERVICES or importlib.util.find_spec(place) is None:
        return {}, {}
    module = importlib.import_module(place)
    resources = {each.token: each for each in getattr(module, "RESOURCES", ())}
    functions = {each.token: each for each in getattr(module, "FUNCTIONS", ())}
    return resources, functions


def _unknown(kind: str, token: str) -> str:
    return (
        f"the sandbox has no {kind} {token}; declare it in slipway_sandbox/provider/services/{_file(token)}.py "
        "(docs/sandbox-types.md shows how), or use a stack on the real AWS"
    )
