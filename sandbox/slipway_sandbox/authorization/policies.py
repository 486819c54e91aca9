"""The policies that count for a request, as the sandbox's cloud has them."""

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from slipway_sandbox.authorization import cloud
from slipway_sandbox.authorization.model import Policies, PolicyDocument, Principal, Request
from slipway_sandbox.documents import Json, as_object, objects

ADMINISTRATOR = PolicyDocument(
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}', "administrator"
)
CACHED = 4096
Find = Callable[[str, str, str], object]
"""From the rest of an ARN after the account, account and region, to a policy's text or object."""


def policies_of(request: Request) -> Policies:
    """The policies of the principal and of the resource."""
    principal = request.principal
    identity, boundary = _of_principal(principal)
    session = principal.session_policies if principal.is_session_limited else None
    return Policies(identity, boundary, session, _of_resource(request))


def _of_principal(principal: Principal) -> tuple[tuple[PolicyDocument, ...], PolicyDocument | None]:
    """Identity policies and boundary. A user that IAM does not know is the sandbox's own: an administrator."""
    if principal.kind == "user":
        user = cloud.named_in_iam(
            "user", (principal.user_arn or principal.arn).rpartition("/")[2], principal.account_id
        )
        if user is None:
            return (ADMINISTRATOR,), None
        groups = [group for group in cloud.iam(principal.account_id).groups.values() if user in group.users]
        return tuple(document for entity in (user, *groups) for document in _attached(entity)), _boundary(user)
    if principal.kind == "role":
        role = cloud.role_of(principal.role_arn)
        if role is None:
            return (), None
        return _attached(role), _boundary(role) if role.permissions_boundary_arn else None
    return (), None


def _attached(entity: Any) -> tuple[PolicyDocument, ...]:
    inline = _inline(tuple(entity.policies.items()))
    return (
        (*inline, *[_managed(policy) for policy in entity.managed_policies.values()])
        if entity.managed_policies
        else inline
    )


@lru_cache(maxsize=1024)
def _inline(policies: tuple[tuple[str, str], ...]) -> tuple[PolicyDocument, ...]:
    return tuple(PolicyDocument(text, name) for name, text in policies)


def _boundary(entity: Any) -> PolicyDocument | None:
    arn = getattr(entity, "permissions_boundary_arn", None)
    policy = cloud.iam(entity.account_id).managed_policies.get(arn) if arn else None
    return _managed(policy) if policy else None


def _managed(policy: Any) -> PolicyDocument:
    """The default version of a managed policy."""
    versions = policy.versions
    default = next((each for each in versions if each.version_id == policy.default_version_id), versions[0])
    return PolicyDocument(default.document, policy.arn)


def _of_resource(request: Request) -> PolicyDocument | None:
    """A resource's own policy. Where the call does not tell the resource, there is none to find."""
    parts = request.resource.split(":", 5)
    if len(parts) < 6 or not request.is_resource_known:
        return None
    _, _, service, region, account_id, rest = parts
    find = FINDERS.get(service)
    if find is None or (service == "iam" and not request.action.startswith("sts:")):
        return None
    policy = find(rest, account_id, region)
    if isinstance(policy, dict):
        policy = _text(request.resource, policy)
    elif isinstance(policy, bytes):
        policy = policy.decode()
    return PolicyDocument(policy, request.resource) if isinstance(policy, str) and policy else None


_texts: dict[str, tuple[dict[str, Json], str]] = {}
"""Policies that moto keeps as objects, by the resource's ARN: a copy, and its JSON."""


def _text(arn: str, policy: dict[str, Json]) -> str:
    """A policy's JSON. It is written anew only when the policy is another one, since that takes longer than a comparison."""
    kept = _texts.get(arn)
    if kept is None or kept[0] != policy:
        if len(_texts) >= CACHED:
            _texts.clear()
        text = json.dumps(policy)
        kept = _texts[arn] = (json.loads(text), text)
    return kept[1]


def _queue(name: str, account_id: str, region: str) -> object:
    policy = getattr(cloud.queue(name, account_id, region), "_policy_json", None)
    return policy if policy and policy.get("Statement") else None


def _topic(name: str, account_id: str, region: str) -> object:
    return getattr(
        cloud.backend("sns", account_id, region).topics.get(f"arn:aws:sns:{region}:{account_id}:{name}"),
        "_policy_json",
        None,
    )


def _key(rest: str, account_id: str, region: str) -> object:
    if not rest.startswith("key/"):
        return None
    return getattr(cloud.kms_key(rest.removeprefix("key/"), account_id, region), "policy", None)


def _secret(rest: str, account_id: str, region: str) -> object:
    arn = f"arn:aws:secretsmanager:{region}:{account_id}:{rest}"
    return getattr(cloud.secret(arn, account_id, region), "policy", None)


def _repository(rest: str, account_id: str, region: str) -> object:
    return getattr(cloud.repository(rest.removeprefix("repository/"), account_id, region), "policy", None)


def _bucket(rest: str, _account_id: str, _region: str) -> object:
    return getattr(cloud.bucket(rest.partition("/")[0]), "policy", None)


def _bus(rest: str, account_id: str, region: str) -> object:
    bus = cloud.backend("events", account_id, region).event_buses.get(rest.removeprefix("event-bus/"))
    return getattr(bus, "policy", None)


def _log_groups(_: str, account_id: str, region: str) -> object:
    """Policies of CloudWatch Logs belong to a region; their statements count together."""
    policies = cloud.backend("logs", account_id, region).resource_policies.values()
    return _together(tuple(policy.policy_document for policy in policies))


@lru_cache(maxsize=64)
def _together(texts: tuple[str, ...]) -> str | None:
    statements: list[Json] = [each for text in texts for each in objects(as_object(json.loads(text)).get("Statement"))]
    return json.dumps({"Version": "2012-10-17", "Statement": statements}) if statements else None


def _trust(rest: str, account_id: str, _region: str) -> object:
    role = cloud.named_in_iam("role", rest.rpartition("/")[2], account_id) if rest.startswith("role/") else None
    return getattr(role, "assume_role_policy_document", None)


def _table(rest: str, account_id: str, region: str) -> object:
    arn = f"arn:aws:dynamodb:{region}:{account_id}:{rest.partition('/index/')[0]}"
    return getattr(cloud.backend("dynamodb", account_id, region).resource_policies.get(arn), "policy_document", None)


FINDERS: Mapping[str, Find] = {
    "dynamodb": _table,
    "ecr": _repository,
    "events": _bus,
    "iam": _trust,
    "kms": _key,
    "logs": _log_groups,
    "s3": _bucket,
    "secretsmanager": _secret,
    "sns": _topic,
    "sqs": _queue,
}
"""Services whose resources have policies of their own."""
