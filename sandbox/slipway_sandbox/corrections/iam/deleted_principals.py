"""Policies that name a deleted role or user: AWS keeps its unique id in them, so one made anew under the name is not trusted.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from moto.backends import get_backend
from moto.iam.models import IAMBackend

from slipway_sandbox.corrections._decorator import corrects
from slipway_sandbox.documents import Document, Json, as_object, objects, texts

if TYPE_CHECKING:
    from moto.events.models import EventBusPolicyStatement

Backend = Any  # of moto's services, which have no common type
ELEMENTS = ("Principal", "NotPrincipal")


def _statements_of_buses(backend: Backend) -> "Iterator[EventBusPolicyStatement]":
    for bus in backend.event_buses.values():
        yield from bus._statements.values()  # noqa: SLF001 - the bus writes its policy anew for each reader


HOLDERS: Mapping[str, tuple[str, Callable[[Backend], Iterable[Any]]]] = {
    "dynamodb": ("policy_document", lambda backend: backend.resource_policies.values()),
    "ecr": ("policy", lambda backend: backend.repositories.values()),
    "events": ("principal", _statements_of_buses),
    "iam": ("assume_role_policy_document", lambda backend: backend.roles.values()),
    "kms": ("policy", lambda backend: backend.keys.values()),
    "logs": ("policy_document", lambda backend: backend.resource_policies.values()),
    "s3": ("policy", lambda backend: backend.buckets.values()),
    "secretsmanager": ("policy", lambda backend: backend.secrets.values()),
    "sns": ("policy", lambda backend: backend.topics.values()),
    "sqs": ("policy", lambda backend: backend.queues.values()),
}
"""Where each service of moto keeps the policies of its resources; EventBridge keeps the principal of each statement alone."""


@corrects(
    IAMBackend.delete_role,
    why="moto's policies trust whatever role has the name; AWS's keep the unique id of the role that was deleted.",
)
def delete_role(original: Callable[[IAMBackend, str], None], self: IAMBackend, role_name: str) -> None:
    role = self.get_role(role_name)
    original(self, role_name)
    _leave_its_id(str(role.arn), str(role.id))


@corrects(
    IAMBackend.delete_user,
    why="moto's policies trust whatever user has the name; AWS's keep the unique id of the user that was deleted.",
)
def delete_user(original: Callable[[IAMBackend, str], None], self: IAMBackend, user_name: str) -> None:
    user = self.get_user(user_name)
    original(self, user_name)
    _leave_its_id(str(user.arn), str(user.id))


def _leave_its_id(arn: str, unique_id: str) -> None:
    """Writes the id of a principal in place of its ARN, in the policies of all accounts."""
    for holder, attribute in _holders():
        policy = getattr(holder, attribute, None)
        if isinstance(policy, Mapping):
            setattr(holder, attribute, _of_element("Principal", policy, arn, unique_id))
            continue
        text = policy.decode() if isinstance(policy, bytes) else policy
        if isinstance(text, str) and arn in text:
            renamed = _renamed(text, arn, unique_id)
            setattr(holder, attribute, renamed.encode() if isinstance(policy, bytes) else renamed)


def _holders() -> Iterator[tuple[Any, str]]:
    """All that has a policy, with the name of the attribute, of the services that were called."""
    for service, (attribute, entries) in HOLDERS.items():
        if f"moto.{service}.models" in sys.modules:
            backends: Any = get_backend(service)  # type: ignore[call-overload] # moto lists the names as literals
            for _, _, backend in list(backends.iter_backends()):
                yield from ((entry, attribute) for entry in list(entries(backend)))


def _renamed(text: str, arn: str, unique_id: str) -> str:
    document: Document = as_object(json.loads(text))
    statements = [
        {element: _of_element(element, value, arn, unique_id) for element, value in statement.items()}
        for statement in objects(document.get("Statement"))
    ]
    return json.dumps({**document, "Statement": statements})


def _of_element(element: str, value: Json, arn: str, unique_id: str) -> Json:
    named = as_object(value)
    if element not in ELEMENTS or arn not in texts(named.get("AWS")):
        return value
    principals = [unique_id if name == arn else name for name in texts(named["AWS"])]
    return {**named, "AWS": principals[0] if isinstance(named["AWS"], str) else principals}
