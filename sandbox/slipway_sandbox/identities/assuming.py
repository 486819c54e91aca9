"""A service of AWS assumes a role for somebody: judged by the role's trust policy.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from slipway_sandbox.authorization.model import Call, Principal
from slipway_sandbox.identities import verdicts
from slipway_sandbox.identities.denials import Denials
from slipway_sandbox.identities.roles import role_of


@dataclass(frozen=True)
class Assumption:
    """A service, and for which resource it assumes a role."""

    service: str
    """Such as ecs-tasks.amazonaws.com."""
    resource_arn: str
    """The value of aws:SourceArn; empty for a service that names none, as EC2."""
    session_name: str
    region: str
    account_id: str

    def is_granted(self, role_arn: str, denials: Denials) -> bool:
        """Whether the role exists, and trusts the service. A denial is kept."""
        context = {"aws:sourceaccount": (self.account_id,), "aws:sourcearn": (self.resource_arn,)}
        call = Call(
            "sts",
            "AssumeRole",
            {"RoleArn": role_arn, "RoleSessionName": self.session_name},
            self.region,
            self.account_id,
            context=context if self.resource_arn else {},
        )
        principal = Principal(arn=self.service, account_id="", kind="service")
        return role_of(role_arn) is not None and not verdicts.refusal_of(call, principal, denials, datetime.now(UTC))
