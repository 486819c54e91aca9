"""The permissions of a role, from all of its policies in the stack.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from dataclasses import dataclass
from typing import Final

from slipway_policies.engine.graph import Graph, Node
from slipway_policies.engine.values import Value, texts
from slipway_policies.reading import statements
from slipway_policies.rules.iam.policies import POLICY, ROLE_POLICY, on_all_of_a_kind, on_everything, whole_service
from slipway_policies.rules.iam.scope import DATA, ESCALATING, PERMISSIONS, granted

ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
# Each with the properties that name the role, or roles, and the policy, or policies.
ATTACHMENTS: Final = (
    (ATTACHMENT, "role", "policyArn"),
    ("aws:iam/policyAttachment:PolicyAttachment", "roles", "policyArn"),
    ("aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive", "roleName", "policyArns"),
)
WIDE_MANAGED: Final = ("FullAccess", "AdministratorAccess", "PowerUserAccess")


@dataclass(frozen=True)
class Grants:
    """The permissions of a role, as far as the stack shows them."""

    statements: list[Value]
    managed: list[str]
    """ARNs of attached policies, as far as they are known."""
    unknown: bool
    """Whether some policy is not known yet."""
    elsewhere: bool
    """Whether a policy is AWS's own or another stack's, so its content is unknown."""
    none: bool
    """Whether nothing at all is attached."""

    def allow(self, action: str, resource: str) -> bool:
        """Whether a statement allows the action on the resource."""
        return any(
            statements.covers(statement, "Action", action) and statements.covers(statement, "Resource", resource)
            for statement in self.statements
        )

    @property
    def whole_service(self) -> bool:
        """Whether they hold every action of a service."""
        by_statement = any(
            statements.every_action(statement) or whole_service(statement) for statement in self.statements
        )
        return by_statement or any(arn.endswith(WIDE_MANAGED) for arn in self.managed)

    @property
    def powerful(self) -> bool:
        """Whether they allow every action of a service, or changes of permissions."""
        changing = (*ESCALATING, *PERMISSIONS)
        return self.whole_service or any(
            on_everything(statement) and granted(statement, changing) for statement in self.statements
        )

    def read_data(self, *, of_everything: bool) -> bool:
        """Whether they allow to read objects, rows, secrets or messages, of some resource or of every one."""
        return any(
            (statements.every_action(statement) or granted(statement, DATA))
            and (not of_everything or on_all_of_a_kind(statement))
            for statement in self.statements
        )


def grants(stack: Graph, role: Node) -> Grants:
    """The permissions from the role's inline, attached and managed policies."""
    holders = stack.pointing_at(role, ROLE_POLICY, "role", "name", "id", "arn")
    attachments = [
        (node, prop)
        for kind, roles, prop in ATTACHMENTS
        for node in stack.pointing_at(role, kind, roles, "name", "id", "arn")
    ]
    attached = [stack.behind(one, prop, POLICY, "arn", "id") for one, prop in attachments]
    documents = [
        one.resource.document("policy") for one in [*holders, *(finding for found in attached for finding in found)]
    ]
    inline = [element["policy"] for element in role.resource["inlinePolicies"].elements() if role.has("inlinePolicies")]
    documents += [role.resource.parsed(policy) for policy in inline]
    named = [arn for one, prop in attachments for arn in texts(one.resource[prop].raw)]
    named += texts(role.resource["managedPolicyArns"].raw)  # as an output, what the attachments attach
    ours = stack.by_output((POLICY,), ("arn", "id"))
    later = role.resource["managedPolicyArns"].unknown and role.has("managedPolicyArns")
    elsewhere = later or any(not found for found in attached) or any(arn not in ours for arn in named)
    allowed = [
        statement
        for document in documents
        if not document.unknown
        for statement in statements.statements(document)
        if statements.allows(statement)
    ]
    unknown = any(document.unknown for document in documents)
    return Grants(allowed, named, unknown, elsewhere, not documents and not elsewhere)
