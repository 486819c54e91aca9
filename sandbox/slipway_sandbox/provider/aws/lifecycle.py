"""Create, read, update and delete as a declaration describes them."""

import re
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from slipway_sandbox.provider import refusals
from slipway_sandbox.provider.aws import meaning, tagging
from slipway_sandbox.provider.aws.check import DEFAULTED
from slipway_sandbox.provider.aws.client import AwsError, StillUsedError
from slipway_sandbox.provider.aws.declaration import Call, Resource, Update
from slipway_sandbox.provider.aws.preview import completed
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties import mapping, sdk
from slipway_sandbox.provider.properties.names import Names
from slipway_sandbox.provider.protocol.errors import IncompleteResourceError, ProviderError

GONE = re.compile(r"NotFound|NoSuch|NonExistent|DoesNotExist|NotExists")
STILL_USED = ("DependencyViolation", "DeleteConflict", "ResourceInUse", "ResourceInUseException", "InvalidGroup.InUse")
PAUSE_SECONDS = 0.25  # between two attempts to delete
PROVIDER_OWN = {"region", "tags", "tagsAll", DEFAULTED}


def names(declaration: Resource) -> Names:
    """The declaration's names, for mapping."""
    return Names(declaration.type_name, declaration.names, declaration.attributes)


def create(declaration: Resource, scope: Scope) -> dict[str, Any]:
    """Creates the resource, sets `scope.id` and returns its outputs.

    Raises AwsError when nothing was created, IncompleteResourceError when it was but a later call failed.
    """
    refusals.require(declaration.token, scope)
    wanted = _own(declaration, scope.inputs)
    if isinstance(declaration.create, Call):
        shape = scope.shape(declaration.create)
        request = mapping.to_request(shape, wanted, names(declaration)) if shape else {}
        if shape and declaration.tags and declaration.tags.on_create and scope.tags:
            request |= tagging.parameter(shape, scope.tags)
        reply = scope.run(declaration.create, **request)
        later = {name for name in wanted if not mapping.takes(shape, name, names(declaration))}
    else:
        try:
            reply = declaration.create(scope)
        except ProviderError as error:
            if scope.id:  # made by its first call, which a later one failed to finish
                raise _incomplete(scope, error, scope.inputs) from error
            raise
        later = set()
    scope.found = reply
    scope.id = str(scope.fill(declaration.id) if "{" in declaration.id else mapping.search(declaration.id, reply))
    scope.state = actual(declaration, scope, reply)
    _finish(declaration, scope, frozenset(later))
    return outputs(declaration, scope, read_reply(declaration, scope) or reply)


def _finish(declaration: Resource, scope: Scope, later: frozenset[str]) -> None:
    """The calls after the create call; what they did not bring about is left out of the recorded inputs."""
    # What equals the declared default is so already on AWS.
    asked = {name for name in later if scope.inputs[name] != declaration.defaults.get(name)}
    pending = [update for update in declaration.updates if asked & frozenset(update.properties.split())]
    try:
        if (
            declaration.tags
            and scope.tags
            and not (declaration.tags.on_create and isinstance(declaration.create, Call))
        ):
            tagging.add(declaration.tags, scope, scope.tags)
        while pending:
            _update(declaration, scope, pending[0], later)
            pending.pop(0)
        if declaration.settle:
            declaration.settle(scope)
    except ProviderError as error:
        undone = {name for update in pending for name in update.properties.split()}
        inputs = {name: value for name, value in scope.inputs.items() if name not in undone}
        raise _incomplete(scope, error, inputs) from error


def _incomplete(scope: Scope, error: ProviderError, inputs: Mapping[str, Any]) -> IncompleteResourceError:
    return IncompleteResourceError(str(error), scope.id, {**scope.state, **inputs, "region": scope.region}, inputs)


def read_reply(declaration: Resource, scope: Scope, *, with_tags: bool = False) -> dict[str, Any] | None:
    """What AWS answers about the resource; None when it does not exist. Tags may cost a call of their own."""
    try:
        merged: dict[str, Any] = {}
        for call in (declaration.read,) if callable(declaration.read) else declaration.read:
            reply = scope.run(call) if isinstance(call, Call) else call(scope)
            if reply is None:
                return None
            merged |= reply
            scope.found = merged
        if with_tags and declaration.tags and declaration.tags.read:
            merged |= {"Tags": scope.run(declaration.tags.read) or {}}
    except AwsError as error:
        if is_gone(declaration, error):
            return None
        raise
    return None if declaration.gone and mapping.search(declaration.gone, merged) else merged


def actual(declaration: Resource, scope: Scope, reply: Mapping[str, Any]) -> dict[str, Any]:
    """Output properties as AWS has them, without tags."""
    kinds = sdk.schema(declaration.token).outputs
    hidden = PROVIDER_OWN | declaration.reads.keys() | declaration.words("echoed") | {"id"}
    found = mapping.from_reply({k: v for k, v in kinds.items() if k not in hidden}, reply, names(declaration))
    for name, path in declaration.reads.items():
        value = mapping.search(path, reply)
        if value is not None:
            found[name] = mapping.restore(kinds[name].type, value, names(declaration), f"{name}.")
    found = {
        name: value
        for name, value in found.items()
        if kinds[name].required or not mapping.is_blank(value) or scope.state.get(name) is True
    }
    known = replace(scope, inputs={}, state={**scope.state, **scope.inputs, **found}, found=reply)
    for name, template in declaration.computed.items():
        value = known.fill(template)
        if value is not None:
            found[name] = value
            known.state = {**known.state, name: value}
    return found


def outputs(declaration: Resource, scope: Scope, reply: Mapping[str, Any]) -> dict[str, Any]:
    """Everything the state keeps: what was asked for, over what AWS has."""
    found = {**declaration.defaults, **actual(declaration, scope, reply)}
    asked = {name: value for name, value in scope.inputs.items() if name != DEFAULTED}
    schema = sdk.schema(declaration.token)
    # AWS always has a value of these, and read leaves one out only where it still means what is recorded.
    kept = {name: scope.state[name] for name, prop in schema.outputs.items() if prop.required and name in scope.state}
    result = {**kept, **found, **asked}
    result |= completed(declaration, found, asked)
    if "region" in schema.outputs:
        result["region"] = scope.region
    if "tagsAll" in schema.outputs:
        result["tagsAll"] = dict(scope.tags)
    return {name: value for name, value in result.items() if value is not None}


def update(declaration: Resource, scope: Scope) -> dict[str, Any]:
    """Makes the calls that the changed properties need and returns the outputs.

    An update without a change is the engine's second attempt at a resource that was left incomplete: all is said again.
    """
    scope.changed = scope.changed or frozenset(_own(declaration, scope.inputs))
    refusals.require(declaration.token, scope)
    for each in declaration.updates:
        if scope.changed & frozenset(each.properties.split()):
            _update(declaration, scope, each, scope.changed)
    if declaration.tags and "tags" in scope.changed:
        tagging.update(declaration.tags, scope)
    if declaration.settle:
        declaration.settle(scope)
    return outputs(declaration, scope, read_reply(declaration, scope) or {})


def delete(declaration: Resource, scope: Scope) -> None:
    """Deletes the resource; one that is gone already is fine. Waits for what still uses it, within bounds."""
    if declaration.delete is None:
        return
    deadline = time.monotonic() + (scope.timeout_seconds or scope.cloud.retry_seconds)
    while True:
        try:
            if isinstance(declaration.delete, Call):
                scope.run(declaration.delete)
            else:
                declaration.delete(scope)
        except AwsError as error:
            # Something else that the resource needs may be what is not found.
            if is_gone(declaration, error) and read_reply(declaration, scope) is None:
                return
            may_pass = isinstance(error, StillUsedError) or error.code in STILL_USED
            if not may_pass or time.monotonic() + PAUSE_SECONDS > deadline:
                raise
            scope.pause(PAUSE_SECONDS)
        else:
            return


def is_gone(declaration: Resource, error: AwsError) -> bool:
    """Whether an error says that the resource does not exist."""
    is_moto_saying_so = re.match(r"No .* found", error.message) is not None  # where AWS has a code of its own
    return bool(GONE.search(error.code)) or error.code in declaration.words("missing") or is_moto_saying_so


def same(declaration: Resource, name: str, old: Any, new: Any) -> bool:
    """Whether AWS's value is what is recorded, as far as that goes; absent counts as the default."""
    default = declaration.defaults.get(name)
    old, new = (default if old is None else old), (default if new is None else new)
    kind = sdk.schema(declaration.token).outputs[name].type
    return meaning.same(declaration, name, old, new) or (
        name not in declaration.words("ordered") and meaning.covers(kind, old, new)
    )


def _update(declaration: Resource, scope: Scope, step: Update, changed: frozenset[str]) -> None:
    if not isinstance(step.call, Call):
        step.call(scope)
        return
    values = {}
    for name in step.properties.split():
        if step.only_changed and name not in changed:
            continue
        value = scope.inputs.get(name, declaration.defaults.get(name))
        if value is None and name in changed:
            value = _cleared(declaration, name)
        if value is not None:
            values[name] = value
    shape = scope.shape(step.call)
    scope.run(step.call, **(mapping.to_request(shape, values, names(declaration)) if shape else {}))


def _cleared(declaration: Resource, name: str) -> Any:
    kind = sdk.schema(declaration.token).inputs[name].type
    if sdk.is_list(kind):
        return []
    return "" if kind is str else None


def _own(declaration: Resource, inputs: Mapping[str, Any]) -> dict[str, Any]:
    hidden = PROVIDER_OWN | declaration.words("echoed") | declaration.words("handled")
    prefix = f"{declaration.autoname.property}Prefix" if declaration.autoname else ""
    return {name: value for name, value in inputs.items() if name not in hidden and name != prefix}
