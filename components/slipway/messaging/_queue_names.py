"""Names of the queues of one run: a Queue and the dead-letter queue of another one must not share a name.

Source: https://www.pulumi.com/docs/iac/concepts/resources/names/
"""

from weakref import WeakKeyDictionary

import pulumi

from slipway.common import ArgumentError

from ._limits import DEAD_SUFFIX

_Owners = dict[tuple[pulumi.Resource | None, str], str]
_owners_by_run: WeakKeyDictionary[object, _Owners] = WeakKeyDictionary()


def take_queue_names(who: str, name: str, opts: pulumi.ResourceOptions | None) -> None:
    """Refuse a name whose queue or dead-letter queue another Queue beside it has. Raises ArgumentError."""
    owners = _owners_by_run.setdefault(pulumi.runtime.settings.get_monitor(), {})
    parent = opts.parent if opts else None
    # Equal names of two Queues are the engine's to refuse: it knows of aliases and stacks.
    for taken in (name, name + DEAD_SUFFIX):
        other = owners.get((parent, taken), who)
        if other != who:
            rule = "must give both queues names of their own"
            raise ArgumentError(f"{who}: the name {rule}, got {taken!r}, which a queue of {other} has; rename one")
    owners[parent, name] = owners[parent, name + DEAD_SUFFIX] = who
