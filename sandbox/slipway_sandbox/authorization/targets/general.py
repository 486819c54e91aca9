"""Resources by the general rule: an ARN among the parameters, else the ARN of a type with the call's names."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache

from slipway_sandbox.authorization.actions.table import Action, ResourceType
from slipway_sandbox.authorization.model import Call
from slipway_sandbox.authorization.targets import storage, workloads
from slipway_sandbox.authorization.targets.names import DEFAULTS, NAMES
from slipway_sandbox.authorization.targets.target import Target, name_of, words

ANY = "*"
EVERYTHING = (Target(ANY),)
REGISTRY = "registryId"  # of ECR: another account's repository
SPECIAL = {**storage.RULES, **workloads.RULES}


def targets_of(call: Call, action: Action) -> tuple[Target, ...]:
    """The resources that AWS would judge for one action of a call; "*" for an action without resource types."""
    if not action.kinds:
        listed = workloads.LISTS.get(action.name)
        return (Target(listed(call)),) if listed else EVERYTHING
    if special := SPECIAL.get(action.prefix):
        targets = special(call, action)
        if targets:
            return tuple(dict.fromkeys(targets)) if len(targets) > 1 else (targets[0],)
    members = _members(action)
    names = [
        (member, tuple(words(value)))
        for member, value in call.parameters.items()
        if member in members or isinstance(value, list) or (isinstance(value, str) and value.startswith("arn:"))
    ]
    return _of_names(action, call.region, call.account_id, tuple(names))


@cache
def _members(action: Action) -> frozenset[str]:
    """Parameters that may name a resource of an action, beside those that have an ARN."""
    choices = [
        members
        for kind in action.kinds
        for name in kind.placeholders
        for members in [_choice(action.prefix, kind.name, name)]
    ]
    return frozenset({REGISTRY}.union(*choices))


@lru_cache(maxsize=4096)
def _of_names(
    action: Action, region: str, account_id: str, names: tuple[tuple[str, tuple[str, ...]], ...]
) -> tuple[Target, ...]:
    """The resources by the general rule, which asks nothing but what the call says."""
    call = Call(action.prefix, "", dict(names), region, account_id)
    named = dict.fromkeys(target for kind in action.kinds for target in _named(call, action.prefix, kind))
    if named and any(target.is_known for target in named):
        return tuple(target for target in named if target.is_known)
    return tuple(named) if len(named) == 1 else (_start(call, action.required or action.optional),)


def _named(call: Call, prefix: str, kind: ResourceType) -> Iterator[Target]:
    """Resources of one type: ARNs that have its shape, else ARNs made of names."""
    arns = [text for value in call.parameters.values() for text in words(value) if text.startswith("arn:")]
    fitting = [arn for arn in arns if kind.shape.fullmatch(arn)]
    if fitting:
        yield from map(Target, fitting)
        return
    choices = [_values(call, prefix, kind.name, placeholder) for placeholder in kind.placeholders]
    if not any(choices):
        return
    for values in itertools.product(*(values or [ANY] for values in choices)):
        if values[-1] == ANY and len(values) == 1:
            continue
        yield _filled(call, kind, dict(zip(kind.placeholders, values, strict=True)))


def _values(call: Call, prefix: str, kind: str, placeholder: str) -> list[str]:
    for member in _choice(prefix, kind, placeholder):
        if values := words(call.parameters.get(member)):
            return [name_of(value) for value in values]
    default = DEFAULTS.get(prefix, {}).get(placeholder)
    return [default] if default else []


def _choice(prefix: str, kind: str, placeholder: str) -> tuple[str, ...]:
    """The parameters that may hold one part of an ARN."""
    names = NAMES.get(prefix, {})
    own = (placeholder, placeholder[0].lower() + placeholder[1:])
    return names.get(f"{kind}.{placeholder}", names.get(placeholder, own))


def _filled(call: Call, kind: ResourceType, values: Mapping[str, str]) -> Target:
    """The ARN of a type with its values; it ends with "*" at the first value that is missing."""
    arn = _placed(call, kind.arn)
    for placeholder, value in values.items():
        before, _, after = arn.partition(f"${{{placeholder}}}")
        if value == ANY:
            return Target(before + ANY, is_known=False)
        arn = before + value + after
    return Target(arn)


def _placed(call: Call, arn: str) -> str:
    partition = arn.replace("${Partition}", "aws").replace("${Region}", call.region)
    owner = words(call.parameters.get(REGISTRY)) or [call.account_id]
    return partition.replace("${Account}", owner[0])


def _start(call: Call, kinds: Sequence[ResourceType]) -> Target:
    """What is known of the ARN where the call does not name its resource."""
    starts = {_placed(call, kind.arn).partition("${")[0] for kind in kinds}
    if len(starts) == 1:
        return Target(starts.pop() + ANY, is_known=False)
    service = ":".join(kinds[0].arn.replace("${Partition}", "aws").split(":")[:3])
    return Target(f"{service}:{ANY}", is_known=False, shown=ANY)
