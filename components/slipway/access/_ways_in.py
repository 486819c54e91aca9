"""Ways into a bastion, and the networks with access by ssh.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/connect.html
"""

from collections.abc import Sequence
from dataclasses import dataclass

from slipway.common import Arguments, check_not_everyone, distinct, each, not_empty, one_of, prefix_list_id

from ._key_pair import KEY_PAIR, KEYS, KeySpec, key_spec

SESSION_MANAGER = "session_manager"
INSTANCE_CONNECT, CONNECT_ENDPOINT = "instance_connect", "instance_connect_endpoint"
WAYS_IN = (SESSION_MANAGER, KEY_PAIR, INSTANCE_CONNECT, CONNECT_ENDPOINT)
TUNNELS = (SESSION_MANAGER, CONNECT_ENDPOINT)  # they carry ssh without an open port
SOURCES = ("allowed_cidr_blocks", "allowed_prefix_list_ids")


@dataclass(frozen=True)
class WaysIn:
    """Checked ways into a bastion."""

    access: Sequence[str]
    key: KeySpec | None
    """None without access by key_pair."""
    cidr_blocks: Sequence[str]
    """Networks that may connect by ssh."""
    prefix_list_ids: Sequence[str]

    @property
    def opens_ssh(self) -> bool:
        """Some network may connect by ssh."""
        return bool(self.cidr_blocks or self.prefix_list_ids)


def ways_in(arguments: Arguments) -> WaysIn:
    """Checked ways in: each has its arguments, and no argument is unused."""
    has_key = any(arguments.has(key) for key in KEYS)
    access = arguments.texts("access", [SESSION_MANAGER, KEY_PAIR] if has_key else [SESSION_MANAGER])
    not_empty(arguments.who, "access", access, SESSION_MANAGER)
    for way in access:
        one_of(arguments.who, "access", way, WAYS_IN)
    distinct(arguments.who, "access", access)
    key = key_spec(arguments, access)
    blocks, prefix_lists = arguments.cidr_blocks("allowed_cidr_blocks"), arguments.texts("allowed_prefix_list_ids")
    check_not_everyone(arguments.who, "allowed_cidr_blocks", blocks)
    each(arguments.who, "allowed_prefix_list_ids", prefix_lists, prefix_list_id)
    check_sources(arguments, access)
    return WaysIn(access, key, blocks, prefix_lists)


def check_sources(arguments: Arguments, access: Sequence[str]) -> None:
    """Refuse networks without a way in for them, and a way in without its networks."""
    given = [key for key in SOURCES if arguments.texts(key)]
    if given and not {KEY_PAIR, INSTANCE_CONNECT}.intersection(access):
        rule = f"opens ssh, which access {', '.join(access)} does not use"
        raise arguments.error(given[0], f"{rule}; remove it, or add {KEY_PAIR} or {INSTANCE_CONNECT} to access")
    if given:
        return
    fix = "name your own network as 203.0.113.7/32"
    if INSTANCE_CONNECT in access:
        rule = f"{INSTANCE_CONNECT} needs {' or '.join(SOURCES)}, got neither"
        raise arguments.error("access", f"{rule}; {fix}, or take {CONNECT_ENDPOINT}")
    if not set(TUNNELS).intersection(access):
        rule = f"{KEY_PAIR} needs {' or '.join(SOURCES)}, got neither"
        raise arguments.error("access", f"{rule}; {fix}, or add {SESSION_MANAGER} to access")
