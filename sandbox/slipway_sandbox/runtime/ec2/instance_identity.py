"""Who an EC2 instance is: a session of the role of its instance profile.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime

from moto.ec2.models.instances import Instance
from moto.iam.models import InstanceProfile, iam_backends

from slipway_sandbox.identities.assuming import Assumption
from slipway_sandbox.identities.denials import Denials
from slipway_sandbox.identities.sessions import Sessions
from slipway_sandbox.runtime.ec2.metadata import Tree

EC2 = "ec2.amazonaws.com"
TIME = "%Y-%m-%dT%H:%M:%SZ"
GUIDE = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html#troubleshoot-iam-role"


class InstanceIdentities:
    """The identities of all instances of one sandbox. `now` is the clock. Default: the machine's."""

    def __init__(
        self, sessions: Sessions, denials: Denials, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._sessions, self._denials, self._now = sessions, denials, now

    def tree(self, instance: Instance) -> Tree:
        """Metadata below `iam`; empty for an instance without a profile."""
        arn = (instance.iam_instance_profile or {}).get("Arn", "")
        if not arn:
            return {}
        profile = _profile(arn)
        if profile is None:
            return {"info": self._document("InstanceProfileNotFound", Message=f"Instance Profile not found: {arn}.")}
        info = self._document("Success", InstanceProfileArn=profile.arn, InstanceProfileId=profile.id)
        roles = {role.name: lambda arn=role.arn: self._credentials(arn, instance) for role in profile.roles}
        return {"info": info, "security-credentials": roles} if roles else {"info": info}

    def end(self, instance_id: str) -> None:
        """Ends the sessions of an instance."""
        self._sessions.end(instance_id)

    def _credentials(self, role_arn: str, instance: Instance) -> str:
        assumption = Assumption(EC2, "", instance.id, instance.ec2_backend.region_name, instance.owner_id)
        if not assumption.is_granted(role_arn, self._denials):
            name = role_arn.rpartition("/")[2]
            sentence = f"EC2 cannot assume the role {name}.  Please see documentation at {GUIDE}."
            return self._document("AssumeRoleUnauthorizedAccess", Message=sentence)
        session = self._sessions.of(role_arn, instance.id)
        return self._document(
            "Success",
            Type="AWS-HMAC",
            AccessKeyId=session.key_id,
            SecretAccessKey=session.secret_key,
            Token=session.token,
            Expiration=session.expires_at.strftime(TIME),
        )

    def _document(self, code: str, **members: str) -> str:
        return json.dumps({"Code": code, "LastUpdated": self._now().strftime(TIME), **members}, indent=2)


def _profile(arn: str) -> InstanceProfile | None:
    """An instance profile as IAM has it now."""
    profiles = iam_backends[arn.split(":")[4]]["aws"].instance_profiles.values()
    return next((profile for profile in profiles if profile.arn == arn), None)
