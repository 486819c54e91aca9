"""The guard of a platform: refuses its deletion, and the replacement of its parts, while other stacks use them.

It is made after the parts and so deleted before them. Then, and when a part would be replaced, it asks AWS who uses them:
see ADR 0017. State stores its class, so this module never moves.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

import pulumi
from pulumi import dynamic

from slipway.credentials import Keys, WrongAccountError, session_in

from ._engine_calls import end_without_traceback
from ._platform_users import QUESTIONS, Client, users_of
from ._stored_class import changed_inputs, stored_elsewhere

MOST_USERS = 8  # in a sentence
SESSION_NAME = "slipway-platform-guard"
RIGHTS = (
    "sts:GetCallerIdentity, ecs:ListServices, elasticloadbalancing:DescribeListeners, DescribeRules and DescribeTags, "
    "sns:ListSubscriptionsByTopic, ec2:DescribeSecurityGroups and DescribeNetworkInterfaces"
)


class GuardProvider(dynamic.ResourceProvider):
    """Asks AWS when a part would go. State stores a reference to this class, so an edit here changes no stack."""

    serialize_as_secret_always = False  # it captures nothing, and a secret would hide every diff
    _profile: str | None = None

    def configure(self, req: dynamic.ConfigureRequest) -> None:
        """Take aws:profile from the configuration, as the AWS provider does."""
        self._profile = req.config.get("aws:profile")

    def create(self, props: Mapping[str, object]) -> dynamic.CreateResult:
        """Record the parts."""
        return dynamic.CreateResult(id_=str(props["urn"]), outs=dict(props))

    def update(self, _id: str, _olds: Mapping[str, object], news: Mapping[str, object]) -> dynamic.UpdateResult:
        """Record the parts; the diff before it has refused a part that others use."""
        return dynamic.UpdateResult(outs=dict(news))

    def diff(self, _id: str, olds: Mapping[str, object], news: Mapping[str, object]) -> dynamic.DiffResult:
        """Refuse, also in a preview, when a part goes that others use: an id that a preview does not know is another one."""
        leaving = {kind: set(ids(olds, kind)) - set(ids(news, kind)) for kind in QUESTIONS}
        if any(leaving.values()):
            # What joins this stack in the same update is no user of another one.
            self._refuse(news, leaving, {*ids(olds, "own"), *ids(news, "own")})
        return dynamic.DiffResult(changes=bool(changed_inputs(olds, news)) or stored_elsewhere(olds, news))

    def delete(self, _id: str, props: Mapping[str, object]) -> None:
        """Refuse while others use a part; this is the first deletion of a destroy."""
        self._refuse(props, {kind: ids(props, kind) for kind in QUESTIONS}, ids(props, "own"))

    def client(self, props: Mapping[str, object]) -> Client:
        """Clients with credentials of the platform's account. Raises as boto3 does, and WrongAccountError."""
        region, role_arn, account = str(props["region"]), str(props["role_arn"]), str(props["account_id"])
        session = session_in(account, Keys(self._profile), region, role_arn, SESSION_NAME)
        clients: dict[str, Any] = {}

        def client(service: str) -> Any:
            if service not in clients:
                clients[service] = session.client(service)
            return clients[service]

        return client

    def _refuse(self, props: Mapping[str, object], parts: Mapping[str, Collection[str]], own: Collection[str]) -> None:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as above

        urn = props["urn"]
        try:
            users = users_of(self.client(props), parts, own)
        except (BotoCoreError, ClientError, WrongAccountError) as error:
            fix = f"give credentials with {RIGHTS}, by guard_role_arn or in the environment, or go on unasked with"
            end_without_traceback(
                f"{props['who']}: AWS must say who uses the platform, got {error}; {fix} `pulumi state delete '{urn}'`"
            )
        if users:
            fix = "move or destroy these first, or go on all the same with"
            end_without_traceback(
                f"{props['who']}: what other stacks use must stay, got {listed(users)}; {fix} `pulumi state delete '{urn}'`"
            )


class PlatformGuard(dynamic.Resource, module="slipway", name="PlatformGuard"):
    """Exists as long as the platform does, and goes before it."""

    def __init__(self, name: str, props: Mapping[str, pulumi.Input[object]], opts: pulumi.ResourceOptions) -> None:
        super().__init__(GuardProvider(), name, dict(props), opts)


def ids(props: Mapping[str, object], key: str) -> Sequence[str]:
    """The ids under a key; none where a preview does not know them."""
    value = props.get(key)
    return cast("Sequence[str]", value) if isinstance(value, list) else ()


def listed(users: Sequence[str]) -> str:
    """Users in a sentence, a few of many."""
    more = f" and {len(users) - MOST_USERS} more" if len(users) > MOST_USERS else ""
    return ", ".join(users[:MOST_USERS]) + more
