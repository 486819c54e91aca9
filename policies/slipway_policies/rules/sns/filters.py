"""Rules for filters of SNS subscriptions and patterns of EventBridge rules.

Source: https://docs.aws.amazon.com/sns/latest/dg/and-or-logic.html
"""

from slipway_policies.engine.registry import ADVISORY, MEDIUM, Deferred, Finding, Outcomes, rule
from slipway_policies.engine.resources import Resource
from slipway_policies.reading.filters import lists, overreach
from slipway_policies.rules.sns.topics import SUBSCRIPTION

EVENT_RULE = "aws:cloudwatch/eventRule:EventRule"
DOCUMENTS = {SUBSCRIPTION: "filterPolicy", EVENT_RULE: "eventPattern"}


@rule(
    SUBSCRIPTION,
    EVENT_RULE,
    level=ADVISORY,
    severity=MEDIUM,
    link="https://docs.aws.amazon.com/sns/latest/dg/and-or-logic.html",
    fix='write one entry, {"anything-but": ["a", "b"]}, or one range; EventBridge also takes '
    '{"anything-but": {"prefix": ["a", "b"]}}; slipway\'s FanOut refuses such filters',
)
def message_filter_reach(owner: Resource) -> Outcomes:
    """Filters of subscriptions and EventBridge rules keep out what they name.

    A message passes a list when any entry lets it through. So two anything-but in one list keep nothing out, nor does an
    entry beside {"exists": true}.
    """
    document = owner.document(DOCUMENTS[owner.type])
    if document.unknown:
        yield Deferred(document.path)
        return
    problems = [overreach(conditions) for _, conditions in lists(document.raw)]
    for problem in dict.fromkeys(problem for problem in problems if problem):
        yield Finding(document.path, f"has a list of conditions on one key that {problem}: any entry lets a message in")
