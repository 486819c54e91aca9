"""What the sandbox's cloud knows of a name: the ARN behind an alias, a path, a revision.

Each function answers None, or the name itself, where there is no such resource; the call then fails for that reason.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from moto.backends import get_backend

from slipway_sandbox.authorization.model import PolicyDocument, Principal

BACKENDS: Any = get_backend
PARTITION = "aws"
KEY_ID = re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32}")
_keys: dict[tuple[str, str, str], str] = {}
"""moto's key of an entity by kind, name and account, where it is found once: moto keeps roles by their id."""
IAM_TABLES = {"role": "roles", "user": "users", "group": "groups", "instance-profile": "instance_profiles"}


class Nowhere:
    """Tables without entries."""

    def __getattr__(self, name: str) -> dict[str, Any]:
        return {}


NOWHERE = Nowhere()


def backend(service: str, account_id: str, region: str) -> Any:
    """moto's tables of a service. A region that AWS does not have has nothing in them."""
    tables = _tables(service)
    known = dict.get(tables, account_id)  # moto's own look-up takes a lock and makes what is missing
    if known is not None and (found := dict.get(known, region)) is not None:
        return found
    try:
        return tables[account_id][region]
    except KeyError:
        return NOWHERE


@lru_cache
def _tables(service: str) -> Any:
    return BACKENDS(service)


def iam(account_id: str) -> Any:
    """moto's tables of IAM."""
    return backend("iam", account_id, PARTITION)


def organization(account_id: str) -> Any:
    """moto's tables of the organization that an account belongs to; None for an account without one."""
    tables = _tables("organizations")
    owner = tables.master_accounts.get(account_id, (account_id, PARTITION))[0]
    found = backend("organizations", owner, PARTITION)
    return found if getattr(found, "org", None) else None


def named_in_iam(kind: str, name: str, account_id: str) -> Any:
    """A role, user, group or instance profile by its name."""
    table = getattr(backend("iam", account_id, PARTITION), IAM_TABLES[kind])
    key = _keys.get((kind, name, account_id), name)
    entry = table.get(key)
    if entry is not None and entry.name == name:
        return entry
    key, entry = next(((key, entry) for key, entry in table.items() if entry.name == name), ("", None))
    if entry is not None:
        _keys[kind, name, account_id] = key
    return entry


def role_of(arn: str) -> Any:
    """A role by its ARN; None where there is none of this name and path."""
    name, account_id = _name_and_account(arn)
    role = named_in_iam("role", name, account_id) if account_id else None
    return role if role is not None and role.arn == arn else None


@lru_cache(maxsize=1024)
def _name_and_account(arn: str) -> tuple[str, str]:
    """Of an ARN of IAM; without an account where it is none."""
    parts = arn.split(":")
    return arn.rpartition("/")[2], parts[4] if len(parts) == 6 else ""


def kms_key(key_id: str, account_id: str, region: str) -> Any:
    """A key by id, ARN, alias, or ARN of an alias."""
    if key_id.startswith("arn:"):
        _, _, _, region, account_id, resource = key_id.split(":", 5)
        key_id = resource.removeprefix("key/")
    keys = backend("kms", account_id, region).keys
    if key_id.startswith("alias/"):
        return next((key for key in keys.values() if key_id in key.aliases), None)
    return keys.get(key_id)


def key_of_ciphertext(ciphertext: object) -> str:
    """Id of the key that encrypted a text. moto writes it in front. Empty for another text."""
    start = ciphertext[:36] if isinstance(ciphertext, bytes) else b""
    return start.decode() if KEY_ID.fullmatch(start.strip()) else ""


def secret(secret_id: str, account_id: str, region: str) -> Any:
    """A secret by name or ARN."""
    if secret_id.startswith("arn:"):
        region, account_id = secret_id.split(":")[3:5]
    return backend("secretsmanager", account_id, region).secrets.get(secret_id)


def parameter(name: str, account_id: str, region: str) -> Any:
    """The newest version of a parameter of SSM, by name or ARN, with or without a version."""
    plain = name.partition(":parameter")[2] if name.startswith("arn:") else name.partition(":")[0]
    parameters = backend("ssm", account_id, region)._parameters  # noqa: SLF001  moto has no reader without side effects
    versions = parameters.get(plain) or parameters.get(plain.removeprefix("/"))
    return versions[-1] if versions else None


def queue(name: str, account_id: str, region: str) -> Any:
    """A queue of SQS."""
    return backend("sqs", account_id, region).queues.get(name)


def topic(arn: str) -> Any:
    """A topic of SNS."""
    parts = arn.split(":", 5)
    return backend("sns", parts[4], parts[3]).topics.get(arn)


def bucket(name: str) -> Any:
    """A bucket, in whatever account."""
    owner = _tables("s3").bucket_accounts.get(name)
    return backend("s3", owner[1], owner[0]).buckets.get(name) if owner else None


def task_definition(name: str, account_id: str, region: str) -> Any:
    """A task definition by ARN, by family and revision, or the newest one of a family."""
    family, _, revision = name.rpartition("/")[2].partition(":")
    revisions = backend("ecs", account_id, region).task_definitions.get(family) or {}
    if not revision:
        return revisions[max(revisions)] if revisions else None
    return revisions.get(int(revision)) if revision.isdecimal() else None


def roles_of_profile(name: str, account_id: str) -> Iterator[str]:
    """ARNs of the roles in an instance profile, by its name or ARN."""
    profile = named_in_iam("instance-profile", name.rpartition("/")[2], account_id)
    return (str(role.arn) for role in profile.roles) if profile else iter(())


def repository(name: str, account_id: str, region: str) -> Any:
    """A repository of ECR."""
    return backend("ecr", account_id, region).repositories.get(name)


def session(
    role_arn: str,
    name: str,
    tags: Mapping[str, str] | None = None,
    policies: tuple[PolicyDocument, ...] = (),
    *,
    is_limited: bool = False,
) -> Principal:
    """The session of a role under a name. `tags` and `policies` are the session's own; `is_limited` tells whether it was given policies."""
    if role := role_of(role_arn):
        return session_of(role, name, tags, policies, is_limited=is_limited)
    return _session(role_arn, "AROADELETED", name, tuple((tags or {}).items()), policies if is_limited else None)


def session_of(
    role: Any,
    name: str,
    tags: Mapping[str, str] | None = None,
    policies: tuple[PolicyDocument, ...] = (),
    *,
    is_limited: bool = False,
) -> Principal:
    """As `session`, of a role of moto."""
    all_tags = {tag["Key"]: tag["Value"] for tag in role.tags} if role.tags else {}
    if tags:
        all_tags.update(tags)
    return _session(role.arn, role.id, name, tuple(all_tags.items()), policies if is_limited else None)


@lru_cache(maxsize=1024)
def _session(
    role_arn: str,
    role_id: str,
    name: str,
    tags: tuple[tuple[str, str], ...],
    policies: tuple[PolicyDocument, ...] | None,
) -> Principal:
    """The session of a role, the same one for each of its calls: what is known of it is worked out once."""
    account, role_name = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    return Principal(
        arn=f"arn:aws:sts::{account}:assumed-role/{role_name}/{name}",
        account_id=account,
        kind="role",
        role_arn=role_arn,
        user_id=f"{role_id}:{name}",
        tags=dict(tags),
        session_policies=policies or (),
        is_session_limited=policies is not None,
    )
