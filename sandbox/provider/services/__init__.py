"""The declarations, one file per AWS service, found by the service's name in the token and imported on first use."""

import importlib
import importlib.util
from functools import cache
from pathlib import Path

from sandbox.provider.declaration import Function, Resource
from sandbox.provider.errors import ProviderError

FOLDER = Path(__file__).parent


def resource(token: str) -> Resource:
    """Declaration of a resource type. Raises ProviderError for one that the sandbox does not have."""
    found = _declarations(_file(token))[0].get(token)
    if found is None:
        raise ProviderError(_unknown("resource type", token))
    return found


def function(token: str) -> Function:
    """Declaration of a function. Raises ProviderError for one that the sandbox does not have."""
    found = _declarations(_file(token))[1].get(token)
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
    return sorted(path.stem for path in FOLDER.iterdir() if path.stem.isidentifier() and not path.stem.startswith("_"))


@cache
def _declarations(name: str) -> tuple[dict[str, Resource], dict[str, Function]]:
    if not name.isidentifier() or importlib.util.find_spec(f"{__name__}.{name}") is None:
        return {}, {}
    module = importlib.import_module(f"{__name__}.{name}")
    resources = {each.token: each for each in getattr(module, "RESOURCES", ())}
    functions = {each.token: each for each in getattr(module, "FUNCTIONS", ())}
    return resources, functions


def _unknown(kind: str, token: str) -> str:
    return (
        f"the sandbox has no {kind} {token}; declare it in sandbox/provider/services/{_file(token)}.py "
        "(sandbox/provider/README.md shows how), or use a stack on the real AWS"
    )
