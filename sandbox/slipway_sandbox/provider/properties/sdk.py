"""Inputs, outputs and nested types of a resource type, read from the installed pulumi-aws SDK.

Reflection reads them, so the sandbox takes exactly the properties of the SDK's classes. The first use of a type imports
its module of the SDK (ec2 alone takes 0.4 s).
"""

import collections.abc
import importlib
import inspect
import threading
import typing
import warnings
from dataclasses import dataclass
from functools import cache
from types import GenericAlias, ModuleType
from typing import TypeAlias, TypeGuard

from pulumi import _types

_import_lock = threading.Lock()
SUBMODULES = {"index": "", "lambda": ".lambda_"}
"""Modules of the SDK with another name than in the token."""

Kind: TypeAlias = type | GenericAlias
"""Type of a property: str, int, float, bool, a class of the SDK, or a list or map of one of these."""


@dataclass(frozen=True)
class Property:
    """One property of a class: its type without Input, Output and Optional around it."""

    name: str
    type: Kind
    required: bool


@dataclass(frozen=True)
class Schema:
    """Inputs and outputs of a resource type, by Pulumi name."""

    inputs: dict[str, Property]
    outputs: dict[str, Property]
    """`required` means: AWS always has a value. AWS chooses it where the program sets none."""


@cache
def schema(token: str) -> Schema:
    """Schema of a resource type such as aws:sqs/queue:Queue. Raises LookupError when the SDK has no such type."""
    module, name = _module(token), token.rpartition(":")[2]
    if not hasattr(module, name):
        raise LookupError(token)
    resource = getattr(module, name)
    names = _types.resource_py_to_pulumi_names(resource)
    types = _types.resource_types(resource)
    outputs = {
        pulumi_name: Property(pulumi_name, types[pulumi_name], not _is_optional(resource, python_name))
        for python_name, pulumi_name in names.items()
    }
    # The SDK calls the arguments InitArgs when a nested type already has their usual name.
    arguments = getattr(module, f"{name}InitArgs", None) or getattr(module, f"{name}Args")
    return Schema(properties(arguments), outputs)


@cache
def properties(cls: type) -> dict[str, Property]:
    """Properties of an input or output class of the SDK, by Pulumi name."""
    if _types.is_input_type(cls):
        names, types = _types.input_type_py_to_pulumi_names(cls), _types.input_type_types(cls)
    else:
        names, types = _types._py_to_pulumi_names_from_py_properties(cls), _types.output_type_types(cls)  # noqa: SLF001 - no public way
    parameters = inspect.signature(cls.__init__).parameters  # type: ignore[misc]  # the class, not an instance
    return {
        pulumi_name: Property(
            pulumi_name,
            types[pulumi_name],
            python_name in parameters and parameters[python_name].default is inspect.Parameter.empty,
        )
        for python_name, pulumi_name in names.items()
    }


@cache
def is_class(kind: Kind | None) -> TypeGuard[type]:
    """Whether a type is a nested class with properties of its own."""
    return isinstance(kind, type) and (_types.is_input_type(kind) or _types.is_output_type(kind))


@cache
def item_type(kind: Kind | None) -> Kind | None:
    """Type of the items of a list or the values of a map; None when the type is neither."""
    if typing.get_origin(kind) is collections.abc.Sequence:
        return _types.unwrap_type(typing.get_args(kind)[0])
    if typing.get_origin(kind) is collections.abc.Mapping:
        return _types.unwrap_type(typing.get_args(kind)[1])
    return None


def is_list(kind: Kind | None) -> bool:
    """Whether a type is a list."""
    return typing.get_origin(kind) is collections.abc.Sequence


def is_map(kind: Kind | None) -> bool:
    """Whether a type is a map from strings."""
    return typing.get_origin(kind) is collections.abc.Mapping


@cache
def arguments(token: str) -> dict[str, Property]:
    """Arguments of a function such as aws:ec2/getAmi:getAmi, by Pulumi name.

    Raises LookupError when the SDK has no such function.
    """
    function = getattr(_module(token), _snake(token.rpartition(":")[2]), None)
    if function is None:
        raise LookupError(token)
    hints = typing.get_type_hints(function)
    names = [name for name in inspect.signature(function).parameters if name != "opts"]
    return {_camel(name): Property(_camel(name), _argument_kind(hints[name]), False) for name in names}


def _argument_kind(hint: Kind) -> Kind:
    """The type without Optional. A block has several types in the SDK; its class is the one of inputs."""
    if typing.get_origin(hint) is collections.abc.Sequence:
        return GenericAlias(collections.abc.Sequence, (_argument_kind(typing.get_args(hint)[0]),))
    if typing.get_origin(hint) is not typing.Union:
        return hint
    kinds = [kind for kind in typing.get_args(hint) if kind is not type(None)]
    return _argument_kind(next((kind for kind in kinds if is_class(kind)), kinds[0]))


def _module(token: str) -> ModuleType:
    _, path, _ = token.split(":")
    name = path.partition("/")[0]
    try:
        with _import_lock, warnings.catch_warnings():
            # The SDK's modules warn of their deprecated classes; the sandbox uses none of those.
            warnings.simplefilter("ignore", DeprecationWarning)
            module = importlib.import_module(f"pulumi_aws{SUBMODULES.get(name, f'.{name}')}")
            getattr(module, "outputs", None)  # the SDK loads its modules on the first attribute access
            return module
    except ModuleNotFoundError as error:
        raise LookupError(token) from error


def _is_optional(resource: type, python_name: str) -> bool:
    annotation = getattr(resource, python_name).fget.__annotations__["return"]
    return type(None) in typing.get_args(typing.get_args(annotation)[0])


def result_class(service: str, name: str) -> type:
    """Class of a function's result, such as GetVpcResult of ec2."""
    module = _module(f"aws:{service}/:")
    cls = getattr(importlib.import_module(f"{module.__name__}.{_snake(name.removesuffix('Result'))}"), name)
    return typing.cast(type, cls)


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


def _camel(name: str) -> str:
    first, *rest = name.rstrip("_").split("_")
    return first + "".join(word.capitalize() for word in rest)
