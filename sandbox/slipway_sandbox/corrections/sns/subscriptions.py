"""Attributes of subscriptions.

Source: https://docs.aws.amazon.com/sns/latest/dg/message-filtering-scope.html
"""

import json
from collections.abc import Callable

from moto.sns.models import SNSBackend, Subscription
from moto.sns.utils import FilterPolicyMatcher

from slipway_sandbox.corrections._decorator import corrects
from slipway_sandbox.corrections.sns import _redrive as redrive
from slipway_sandbox.corrections.sns import archive

SCOPE = "FilterPolicyScope"


@corrects(
    SNSBackend.set_subscription_attributes,
    why="moto refuses ReplayPolicy, takes a dead-letter queue of another region and a new scope without looking at the filter, and "
    "keeps the scope of a removed filter; SNS replays the topic's archive, takes dead-letter queues of its own region only, "
    "filters by the new scope, and drops the scope with the filter.",
)
def set_subscription_attributes(
    original: Callable[[SNSBackend, str, str, str], None], self: SNSBackend, arn: str, name: str, value: str
) -> None:
    if name == "ReplayPolicy":
        archive.set_replay(self.subscriptions[arn], value)
        return
    if name == "RedrivePolicy":
        redrive.check(arn, value)
    if name == SCOPE and arn in self.subscriptions:
        _set_scope(self, self.subscriptions[arn], value)
    original(self, arn, name, value)
    if name == "FilterPolicy" and not json.loads(value or "{}"):
        for attribute in (name, SCOPE):
            self.subscriptions[arn].attributes.pop(attribute, None)


def _set_scope(backend: SNSBackend, subscription: Subscription, scope: str) -> None:
    policy = subscription._filter_policy  # noqa: SLF001
    if policy:
        backend._validate_filter_policy(policy, scope=scope)  # noqa: SLF001
        subscription._filter_policy_matcher = FilterPolicyMatcher(policy, scope)  # noqa: SLF001
