"""The declarations: one module or package per AWS service, named as in the token and imported on first use."""

import importlib
from functools import cache
from pathlib import Path

from slipway_sandbox.provider.aws.declaration import Function, Resource
from slipway_sandbox.provider.properties.package_schema import PackageSchema
from slipway_sandbox.provider.protocol.errors import ProviderError

FOLDER = Path(__file__).parent
NO_SERVICES = ("__init__", "lookup")
SERVICES = frozenset(path.stem for path in FOLDER.iterdir() if path.stem.isidentifier()) - {*NO_SERVICES, "__pycache__"}
MODULE_ALIASES = {"alb": "lb", "applicationloadbalancing": "lb", "elasticloadbalancingv2": "lb"}
"""Older names of a module. The SDK still has some of them, and states may hold all of them."""
ROOMS = {"ebs": "ec2", "ec2transitgateway": "ec2", "vpc": "ec2", "elb": "lb"}
"""SDK modules without a service of their own here: another service's package declares them, since AWS has one API."""
V2 = "V2"
"""Ending of older names of S3's resources, such as BucketVersioningV2."""
OTHERS_IN_V2 = ("BucketV2",)
"""Resources with this ending and with other properties than their namesake without it."""


def canonical(token: str) -> str:
    """The token of the declaration: the newer name where a type has two names with the same properties."""
    package, path, name = token.split(":")
    module, slash, file = path.partition("/")
    module = MODULE_ALIASES.get(module, module)
    if module == "s3" and name.endswith(V2) and name not in OTHERS_IN_V2:
        name, file = name.removesuffix(V2), file.removesuffix(V2)
    return f"{package}:{module}{slash}{file}:{name}"


def resource(token: str) -> Resource:
    """Declaration of a resource type. Raises ProviderError for a type without one."""
    name = canonical(token)
    declaration = _declarations(_service(name))[0].get(name)
    if declaration is None:
        raise ProviderError(_unknown("resource type", token))
    return declaration


def function(token: str) -> Function:
    """Declaration of a function. Raises ProviderError for a function without one."""
    name = canonical(token)
    declaration = _declarations(_service(name))[1].get(name)
    if declaration is None:
        raise ProviderError(_unknown("function", token))
    return declaration


def all_resources() -> list[Resource]:
    """Every declared resource type, by service and token."""
    return [resource for name in sorted(SERVICES) for _, resource in sorted(_declarations(name)[0].items())]


def all_functions() -> list[Function]:
    """Every declared function, by service and token."""
    return [function for name in sorted(SERVICES) for _, function in sorted(_declarations(name)[1].items())]


@cache
def schema() -> str:
    """Pulumi's package schema of everything declared. The first call takes seconds: it imports all these parts of the SDK."""
    return PackageSchema().text((it.token for it in all_resources()), (it.token for it in all_functions()))


def _service(token: str) -> str:
    module = token.split(":")[1].partition("/")[0]
    return ROOMS.get(module, module)


@cache
def _declarations(service: str) -> tuple[dict[str, Resource], dict[str, Function]]:
    if service not in SERVICES:
        return {}, {}
    module = importlib.import_module(f"{__name__}.{service}")
    resources = {declaration.token: declaration for declaration in getattr(module, "RESOURCES", ())}
    functions = {declaration.token: declaration for declaration in getattr(module, "FUNCTIONS", ())}
    return resources, functions


def _unknown(kind: str, token: str) -> str:
    service = _service(token)
    place = f"{service}/" if (FOLDER / service).is_dir() else f"{service}.py"
    return (
        f"the sandbox has no {kind} {token}; declare it in slipway_sandbox/provider/services/{place} "
        "(docs/sandbox-types.md shows how), or use a stack on the real AWS"
    )
