"""Ways into a bastion: which are asked for, what each needs, and the networks that they open ssh to.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/connect.html
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pulumi
from pulumi_aws import ec2transitgateway

from slipway.common import (
    ArgumentError,
    Gate,
    block_name,
    check_not_everyone,
    cidr_block,
    closed_group,
    distinct,
    each,
    given,
    named,
    not_empty,
    one_argument,
    one_of,
    prefix_list_id,
)
from slipway.dynamic import ALGORITHMS, UnreadableKeyError, check_public_key, public_half, would_be_tracked
from slipway.ec2 import SSH, check_allocation_id

SESSION_MANAGER, KEY_PAIR = "session_manager", "key_pair"
INSTANCE_CONNECT, CONNECT_ENDPOINT = "instance_connect", "instance_connect_endpoint"
WAYS_IN = (SESSION_MANAGER, KEY_PAIR, INSTANCE_CONNECT, CONNECT_ENDPOINT)
TUNNELS = (SESSION_MANAGER, CONNECT_ENDPOINT)  # ssh goes through them without an open port
KEYS = ("key_file", "public_key")
SOURCES = ("allowed_cidr_blocks", "allowed_prefix_list_ids")


def ways_in(who: str, args: Mapping[str, Any]) -> Sequence[str]:
    """The ways in asked for, each with what it needs and none with what it does not use."""
    keys = [key for key in KEYS if args.get(key) is not None]
    by_default = [SESSION_MANAGER, KEY_PAIR] if keys else [SESSION_MANAGER]
    access: Sequence[str] = given(args.get("access"), by_default)
    not_empty(who, "access", access, SESSION_MANAGER)
    for way in access:
        one_of(who, "access", way, WAYS_IN)
    distinct(who, "access", access)
    if len(keys) > 1 or (KEY_PAIR in access and not keys):
        one_argument(who, {key: args.get(key) for key in KEYS})
    if keys and KEY_PAIR not in access:
        raise ArgumentError(
            f"{who}: {keys[0]} is for access {KEY_PAIR}, got access {', '.join(access)}; add {KEY_PAIR}"
        )
    check_keys_given(who, args)
    check_sources(who, access, args)
    return access


def check_sources(who: str, access: Sequence[str], args: Mapping[str, Any]) -> None:
    """Networks that may connect where a way in needs them; refuse ssh from everywhere, in one network or in several."""
    blocks, lists = (given(args.get(key), []) for key in SOURCES)
    each(who, SOURCES[0], blocks, cidr_block)
    check_not_everyone(who, SOURCES[0], blocks)
    each(who, SOURCES[1], lists, prefix_list_id)
    named_sources = [key for key, values in zip(SOURCES, (blocks, lists), strict=True) if values]
    if named_sources and not {KEY_PAIR, INSTANCE_CONNECT}.intersection(access):
        fix = f"remove it, or add {KEY_PAIR} or {INSTANCE_CONNECT} to access"
        raise ArgumentError(
            f"{who}: {named_sources[0]} opens ssh, which access {', '.join(access)} does not use; {fix}"
        )
    has_tunnel = bool(set(TUNNELS).intersection(access))
    needing = INSTANCE_CONNECT if INSTANCE_CONNECT in access else None if has_tunnel else KEY_PAIR
    if needing and not named_sources:
        fix = "name your own network as 203.0.113.7/32"
        instead = f", or add {SESSION_MANAGER} to access" if needing == KEY_PAIR else f", or take {CONNECT_ENDPOINT}"
        raise ArgumentError(f"{who}: access {needing} needs {' or '.join(SOURCES)}, got neither; {fix}{instead}")


def check_keys_given(who: str, args: Mapping[str, Any]) -> None:
    """Keys that EC2 takes, and a file that holds one or does not exist yet."""
    key_file, public_key, algorithm = args.get("key_file"), args.get("public_key"), args.get("key_algorithm")
    if public_key is not None:
        check_public_key(who, public_key)
    if algorithm is not None:
        one_of(who, "key_algorithm", algorithm, ALGORITHMS)
        if key_file is None:
            raise ArgumentError(f"{who}: key_algorithm is for key_file, got no key_file; remove it")
    if key_file is not None and not key_file.strip():
        raise ArgumentError(f"{who}: key_file must be a path, got {key_file!r}; for example keys/bastion.pem")
    if key_file is not None and would_be_tracked(Path(key_file)):
        fix = f"add a line with {Path(key_file).name} to .gitignore, or name a file elsewhere"
        raise ArgumentError(f"{who}: key_file must be out of git's reach, got {key_file!r}, which git would add; {fix}")
    if key_file is not None and Path(key_file).exists():
        try:
            found = public_half(Path(key_file))
        except (UnreadableKeyError, OSError) as error:
            rule = "key_file must be an OpenSSH private key without passphrase, or not exist yet"
            raise ArgumentError(f"{who}: {rule}, got {key_file!r}; move that file away or name another") from error
        if algorithm is not None and not found.startswith(f"ssh-{algorithm} "):
            fix = "move that file away for a new key, which replaces key pair and instance"
            raise ArgumentError(f"{who}: key_algorithm must be that of the key in {key_file!r}, got {algorithm}; {fix}")


def check_address(who: str, args: Mapping[str, Any]) -> bool:
    """Whether the bastion has an Elastic IP: where asked, else where networks may connect."""
    asked, own = args.get("elastic_ip"), args.get("elastic_ip_allocation_id")
    check_allocation_id(who, "elastic_ip_allocation_id", own)
    if own is not None and asked is False:
        raise ArgumentError(
            f"{who}: elastic_ip_allocation_id is an Elastic IP, got elastic_ip false; remove one of them"
        )
    by_default = own is not None or any(args.get(key) for key in SOURCES)
    return bool(given(asked, by_default))


def connect_endpoint(name: str, subnet_id: pulumi.Input[str], vpc_id: pulumi.Input[str], gate: Gate) -> None:
    """An EC2 Instance Connect Endpoint that leads to the bastion's ssh and nowhere else."""
    full = f"{name}-connect"
    door = closed_group(full, vpc_id, f"Instance Connect Endpoint to {name}", gate.tags, gate.child)
    door.let_out_to("ssh", SSH, f"ssh to {name}", gate.group_id)
    gate.let_in_from("ssh-connect", SSH, "ssh from the Instance Connect Endpoint", door.group_id)
    ec2transitgateway.InstanceConnectEndpoint(
        full,
        subnet_id=subnet_id,
        security_group_ids=[door.group_id],
        preserve_client_ip=False,  # a rule that names the endpoint's group sees the endpoint's address only
        tags=named(full, gate.tags),
        # A VPC takes one, and none can be changed.
        opts=pulumi.ResourceOptions(parent=gate.child.parent, delete_before_replace=True),
    )


def let_ssh_in(gate: Gate, blocks: Sequence[str], prefix_lists: Sequence[str]) -> None:
    """Admit networks and prefix lists to ssh."""
    for block in blocks:
        gate.let_in(f"ssh-{block_name(block)}", SSH, f"ssh from {block}", block)
    for prefix_list in prefix_lists:
        gate.let_in_listed(f"ssh-{prefix_list}", SSH, f"ssh from {prefix_list}", prefix_list)
