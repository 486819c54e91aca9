"""Creation after an interrupted update: what was made then is taken over, or taken away."""

import logging
from dataclasses import replace

from pulumi.runtime.proto import provider_pb2

from slipway_sandbox.provider import services
from slipway_sandbox.provider.aws import deletion, lifecycle
from slipway_sandbox.provider.aws.declaration import Resource
from slipway_sandbox.provider.aws.interrupted.creations import Creation, Creations, packed, unpacked
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.wire import Properties, Value

log = logging.getLogger(__name__)


def old_inputs(creations: Creations, request: provider_pb2.CheckRequest) -> dict[str, Value]:
    """The recorded inputs; of a new resource those of an interrupted creation, for it has its name."""
    if not request.olds.fields and (lost := creations.lost(request.urn)):
        return unpacked(lost.inputs)
    return wire.plain(wire.from_struct(request.olds))


def create(declaration: Resource, scope: Scope, urn: str, token: str) -> dict[str, Value]:
    """Creates the resource, or finds it made by an interrupted update; sets `scope.id` and returns the outputs.

    `token` is the type as the state has it. Raises as `lifecycle.create`.
    """
    creations = scope.cloud.creations
    update = creations.update_of(urn)
    if update is None:
        return lifecycle.create(declaration, scope)

    recorded = ""

    def record(state: Properties, *, is_whole: bool) -> None:
        nonlocal recorded
        inputs, outputs = packed(scope.inputs), packed(state)
        creations.record(Creation(urn, token, update, scope.id, inputs, outputs, is_whole))
        if recorded not in ("", scope.id):  # the id of an operation that has ended
            creations.forget(urn, recorded)
        recorded = scope.id

    scope.begun = lambda: record({**scope.state, **scope.inputs, "region": scope.region}, is_whole=False)
    with creations.turn(urn):
        lost = creations.lost(urn)
        outputs = (_resumed(declaration, scope, lost) if lost else None) or lifecycle.create(declaration, scope)
        record(outputs, is_whole=True)
    return outputs


def sweep(scope: Scope, urn: str) -> None:
    """Deletes what interrupted updates of the URN's stack made, and no program has asked for again."""
    creations = scope.cloud.creations
    at_once = replace(scope, cloud=replace(scope.cloud, retry_seconds=0.0), timeout_seconds=0.0)
    for lost in creations.lost_of_stack(urn):
        try:
            with creations.taken(lost) as is_mine:
                if is_mine:
                    _delete(services.resource(lost.token), at_once, lost)
        except ProviderError as error:  # something still uses it; the next deletion tries again
            log.warning("%s %s of an interrupted update stays for now: %s", lost.token, lost.id, error)


def _resumed(declaration: Resource, scope: Scope, lost: Creation) -> dict[str, Value] | None:
    """Outputs of the lost resource where it is whole and what the program asks for; else None, and it is gone."""
    with scope.cloud.creations.taken(lost) as is_mine:
        if not is_mine:
            return None
        state = unpacked(lost.state)
        is_same = lost.inputs == packed(scope.inputs) and state.get("tagsAll", scope.tags) == scope.tags
        if lost.is_whole and is_same and _exists(declaration, scope, lost):
            scope.id, scope.state = lost.id, state
            return state
        _delete(declaration, scope, lost)
    return None


def _exists(declaration: Resource, scope: Scope, lost: Creation) -> bool:
    return lifecycle.read_reply(declaration, _of(scope, declaration, lost)) is not None


def _delete(declaration: Resource, scope: Scope, lost: Creation) -> None:
    deletion.delete(declaration, _of(scope, declaration, lost))
    log.info("%s %s of an interrupted update is deleted", lost.token, lost.id)


def _of(scope: Scope, declaration: Resource, lost: Creation) -> Scope:
    """The scope of the lost resource."""
    state = unpacked(lost.state)
    return replace(scope, service=declaration.service, inputs={}, state=state, id=lost.id, reply={}, tags={})
