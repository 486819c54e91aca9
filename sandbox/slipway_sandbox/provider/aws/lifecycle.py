"""Create, read and update as a declaration describes them."""

import re
from dataclasses import replace

from slipway_sandbox.provider import refusals
from slipway_sandbox.provider.aws import meaning, tagging
from slipway_sandbox.provider.aws.check import DEFAULTED
from slipway_sandbox.provider.aws.client import AwsError
from slipway_sandbox.provider.aws.declaration import Call, Resource, Update
from slipway_sandbox.provider.aws.preview import completed
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties import mapping, sdk
from slipway_sandbox.provider.properties.names import Names
from slipway_sandbox.provider.protocol.errors import IncompleteResourceError, ProviderError
from slipway_sandbox.provider.protocol.readers import as_block
from slipway_sandbox.provider.protocol.wire import Properties, Value

GONE = re.compile(r"NotFound|NoSuch|NonExistent|DoesNotExist|NotExists")
PROVIDER_OWN = {"region", "tags", "tagsAll", DEFAULTED}
INCOMPLETE = "__incomplete"  # in the state of a resource whose creation failed halfway, until an update finishes it


def names(declaration: Resource) -> Names:
    """The declaration's names, for mapping."""
    return Names(declaration.type_name, declaration.names, declaration.attributes)


def create(declaration: Resource, scope: Scope) -> dict[str, Value]:
    """Creates the resource, sets `scope.id` and returns its outputs.

    Raises AwsError when nothing was created, IncompleteResourceError when a later call failed.
    """
    refusals.require(declaration.token, scope)
    with scope.cloud.creations.gate.entered():  # no copy has the resource without the record of it
        try:
            later = _first_call(declaration, scope)
        finally:
            if scope.id:
                scope.begun()
    try:
        scope.state = actual(declaration, scope, scope.reply)
        _finish(declaration, scope, later)
        return outputs(declaration, scope, read_reply(declaration, scope) or scope.reply)
    except IncompleteResourceError:
        raise
    except ProviderError as error:
        raise _incomplete(scope, error, scope.inputs) from error


def _first_call(declaration: Resource, scope: Scope) -> frozenset[str]:
    """Makes the resource exist, sets `scope.reply` and `scope.id`, and returns the properties for later calls."""
    if isinstance(declaration.create, Call):
        wanted = _own(declaration, scope.inputs)
        shape = scope.shape(declaration.create)
        request = mapping.to_request(shape, wanted, names(declaration)) if shape else {}
        if shape and declaration.tags and declaration.tags.on_create and scope.tags:
            request |= tagging.parameter(shape, scope.tags)
        reply: Properties = as_block(scope.run(declaration.create, **request), declaration.create.operation)
        later = frozenset(name for name in wanted if not mapping.takes(shape, name, names(declaration)))
    else:
        try:
            reply, later = declaration.create(scope), frozenset()
        except ProviderError as error:
            if scope.id:  # its first call created the resource, and a later one failed
                raise _incomplete(scope, error, scope.inputs) from error
            raise
    scope.reply = reply
    scope.id = str(scope.fill(declaration.id) if "{" in declaration.id else mapping.search(declaration.id, reply))
    return later


def _finish(declaration: Resource, scope: Scope, later: frozenset[str]) -> None:
    """The calls after the create call. When one fails, the recorded inputs have only the finished properties."""
    # AWS already has the declared defaults.
    unset = {name for name in later if scope.inputs[name] != declaration.defaults.get(name)}
    pending = [update for update in declaration.updates if unset & frozenset(update.properties.split())]
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


def _incomplete(scope: Scope, error: ProviderError, inputs: Properties) -> IncompleteResourceError:
    properties = {**scope.state, **inputs, "region": scope.region, INCOMPLETE: True}
    return IncompleteResourceError(str(error), scope.id, properties, inputs)


def read_reply(declaration: Resource, scope: Scope, *, with_tags: bool = False) -> dict[str, Value] | None:
    """AWS's answers about the resource; None when it does not exist. Tags may cost a call of their own."""
    try:
        merged: dict[str, Value] = {}
        for call in (declaration.read,) if callable(declaration.read) else declaration.read:
            reply = scope.run(call) if isinstance(call, Call) else call(scope)
            if reply is None:
                return None
            merged |= as_block(reply, declaration.token)
            scope.reply = merged
        if with_tags and declaration.tags and declaration.tags.read:
            merged |= {"Tags": scope.run(declaration.tags.read) or {}}
    except AwsError as error:
        if is_gone(declaration, error):
            return None
        raise
    return None if declaration.gone and mapping.search(declaration.gone, merged) else merged


def actual(declaration: Resource, scope: Scope, reply: Properties) -> dict[str, Value]:
    """Output properties as AWS has them, without tags."""
    kinds = sdk.schema(declaration.token).outputs
    hidden = PROVIDER_OWN | declaration.reads.keys() | declaration.words("echoed") | {"id"}
    values = mapping.from_reply(
        {name: kind for name, kind in kinds.items() if name not in hidden}, reply, names(declaration)
    )
    for name, path in declaration.reads.items():
        value = mapping.search(path, reply)
        if value is not None:
            values[name] = mapping.restore(kinds[name].type, value, names(declaration), f"{name}.")
    values = {
        name: value
        for name, value in values.items()
        if kinds[name].required or not mapping.is_blank(value) or scope.state.get(name) is True
    }
    known = replace(scope, inputs={}, state={**scope.state, **scope.inputs, **values}, reply=reply)
    for name, template in declaration.computed.items():
        value = known.fill(template)
        if value is not None:
            values[name] = value
            known.state = {**known.state, name: value}
    return values


def outputs(declaration: Resource, scope: Scope, reply: Properties) -> dict[str, Value]:
    """Outputs for the state: the inputs over AWS's values."""
    values = {**declaration.defaults, **actual(declaration, scope, reply)}
    wanted = {name: value for name, value in scope.inputs.items() if name != DEFAULTED}
    schema = sdk.schema(declaration.token)
    # AWS always has a value of these; read leaves one out only while it has the recorded meaning.
    kept = {name: scope.state[name] for name, prop in schema.outputs.items() if prop.required and name in scope.state}
    result = {**kept, **values, **wanted}
    result |= completed(declaration, values, wanted)
    if "region" in schema.outputs:
        result["region"] = scope.region
    if "tagsAll" in schema.outputs:
        result["tagsAll"] = dict(scope.tags)
    return {name: value for name, value in result.items() if value is not None}


def update(declaration: Resource, scope: Scope) -> dict[str, Value]:
    """Makes the calls for the changed properties and returns the outputs.

    After an incomplete creation it also makes the calls for all that AWS does not have yet.
    """
    refusals.require(declaration.token, scope)
    if INCOMPLETE in scope.state or not scope.changed:
        if declaration.finish:
            declaration.finish(scope)
        scope.changed |= _missing(declaration, scope)
    for step in declaration.updates:
        if scope.changed & frozenset(step.properties.split()):
            _update(declaration, scope, step, scope.changed)
    if declaration.tags and "tags" in scope.changed:
        tagging.update(declaration.tags, scope)
    if declaration.settle:
        declaration.settle(scope)
    return outputs(declaration, scope, read_reply(declaration, scope) or {})


def _missing(declaration: Resource, scope: Scope) -> frozenset[str]:
    """The properties that AWS does not have as the program says; `tags` is always one."""
    present = actual(declaration, scope, read_reply(declaration, scope) or {})
    scope.state = {**scope.state, **present}
    hidden = {"region", "tagsAll", DEFAULTED} | declaration.words("echoed")
    return frozenset(
        name
        for name, value in scope.inputs.items()
        if name not in hidden and not (name in present and same(declaration, name, value, present[name]))
    )


def is_gone(declaration: Resource, error: AwsError) -> bool:
    """Whether an error means: the resource does not exist."""
    is_motos_own = re.match(r"No .* found", error.message) is not None  # where AWS has a code of its own
    return bool(GONE.search(error.code)) or error.code in declaration.words("missing") or is_motos_own


def same(declaration: Resource, name: str, old: Value, new: Value) -> bool:
    """Whether AWS's value has the recorded meaning; absent counts as the default."""
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
    values: dict[str, Value] = {}
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


def _cleared(declaration: Resource, name: str) -> Value:
    kind = sdk.schema(declaration.token).inputs[name].type
    if sdk.is_list(kind):
        return []
    return "" if kind is str else None


def _own(declaration: Resource, inputs: Properties) -> dict[str, Value]:
    hidden = PROVIDER_OWN | declaration.words("echoed") | declaration.words("handled")
    prefix = f"{declaration.autoname.property}Prefix" if declaration.autoname else ""
    return {name: value for name, value in inputs.items() if name not in hidden and name != prefix}
