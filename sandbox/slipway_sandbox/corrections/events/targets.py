"""Events on their way from a rule to a queue, a topic, a log group or another bus.

Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html (roles of targets)
"""

import copy
import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace

from moto.core.utils import iso_8601_datetime_without_milliseconds, utcfromtimestamp
from moto.events.models import Rule
from moto.events.utils import EventMessageType, EventTemplateParser
from moto.sns.models import sns_backends

from slipway_sandbox.corrections import metrics
from slipway_sandbox.corrections._decorator import corrects
from slipway_sandbox.corrections.policies import asking, receivers
from slipway_sandbox.documents import Document, Json, as_object, as_text

logger = logging.getLogger(__name__)
PRINCIPALS = ("events.amazonaws.com",)
RECEIVERS = ("sqs", "sns")
DELIVERED = (*RECEIVERS, "logs", "events")


Delivery = Callable[[Rule, EventMessageType, bool], None]


@corrects(
    Rule.send_to_targets,
    why="moto counts no matches, gives a disabled rule and one with a schedule alone every event, delivers an event to a queue whatever the policies of the queue and its key say, knows no topics and no dead-letter "
    "queues as targets, and fails PutEvents for everybody when one queue is gone or a target is of a kind that it lacks; "
    "EventBridge does not.",
)
def send_to_targets(
    original: Delivery, self: Rule, original_event: EventMessageType, transform_input: bool = True
) -> None:
    is_for_events = bool(self.event_pattern.get_pattern()) or not self.scheduled_expression
    if self.state == "DISABLED" or not is_for_events or not self.event_pattern.matches_event(original_event):
        return
    metrics.count(self.account_id, self.region_name, "AWS/Events", "TriggeredRules", {"RuleName": self.name})

    def send(target: Document) -> None:
        if _service(target["Arn"]) == "sns":
            _publish(target, _event(target, original_event, transform_input=transform_input))
            return
        alone = copy.copy(self)
        alone.targets = [dict(target)]
        original(alone, original_event, transform_input)

    for target in self.targets:
        if _service(target["Arn"]) in DELIVERED:
            _deliver(self, target, send)
        else:
            logger.warning("event not delivered to %s: the sandbox delivers to %s", target["Arn"], ", ".join(DELIVERED))


def refusal(rule: Rule, arn: str, role_arn: str = "") -> str | None:
    """Why EventBridge may not deliver for a rule, with a target's role where it has one; None when it may.

    It tells a topic and the topic's key no source: "You can't use of Condition blocks in Amazon SNS topic policies for
    EventBridge."
    """
    service = _service(arn)
    if service in RECEIVERS and arn.split(":")[3] != rule.region_name:
        return "InvalidParameter, the target is in another region than the rule"
    told = receivers.told(rule.arn, rule.account_id)
    sender = receivers.Sender("EventBridge", PRINCIPALS, "the rule", {} if service == "sns" and not role_arn else told)
    if role_arn:
        session = receivers.assumed(sender, role_arn, hashlib.md5(rule.arn.encode(), usedforsecurity=False).hexdigest())
        if session is None:
            return f"AccessDenied, EventBridge may not assume {role_arn}"
        sender = replace(sender, session=session)
    return receivers.refusal(sender, arn) if service in RECEIVERS else _refusal_of_others(sender, arn)


def _refusal_of_others(sender: receivers.Sender, arn: str) -> str | None:
    """Why EventBridge may not write into a log group, or send to a bus with a role."""
    service, region, account, resource = arn.split(":", 5)[2:]
    if service == "logs":
        group = {"logGroupName": resource.split(":")[1], "logStreamName": "events"}
        writer = replace(sender, principals=(*PRINCIPALS, "delivery.logs.amazonaws.com"))
        denied = asking.denial(writer.asks("logs", "PutLogEvents", group, region, account), writer.principal)
    elif sender.session:
        entries = {"Entries": [{"EventBusName": arn}]}
        denied = asking.denial(sender.asks("events", "PutEvents", entries, region, account), sender.principal)
    else:
        return None
    return f"{denied.code}, {denied.message}" if denied else None


def _service(arn: Json) -> str:
    return as_text(arn).split(":")[2]


def _deliver(rule: Rule, target: Document, send: Callable[[Document], None]) -> None:
    reason = refusal(rule, as_text(target["Arn"]), as_text(target.get("RoleArn")))
    if reason is None:
        send(target)
        return
    dead = as_text(as_object(target.get("DeadLetterConfig")).get("Arn"))
    second = refusal(rule, dead) if dead else "the target has no dead-letter queue"
    outcome = f"lost: {second}" if second else f"in {dead}"
    logger.warning("event not delivered to %s: %s; %s", target["Arn"], reason, outcome)
    if second is None:
        send({"Id": target["Id"], "Arn": dead})


def _publish(target: Document, event: Json) -> None:
    arn = as_text(target["Arn"])
    region, account = arn.split(":")[3:5]
    sns_backends[account][region].topics[arn].publish(event if isinstance(event, str) else json.dumps(event))


def _event(target: Document, event: EventMessageType, *, transform_input: bool) -> Json:
    """The event as the target gets it, with its time as text."""
    transformer = as_object(target.get("InputTransformer"))
    sent: Json = json.loads(json.dumps(event))
    if transform_input:
        template, paths = as_text(transformer.get("InputTemplate")), as_object(transformer.get("InputPathsMap"))
        sent = EventTemplateParser.parse(input_template=template, input_paths_map=dict(paths), event=event)
    if not isinstance(sent, Mapping) or "time" not in sent:
        return sent
    return {**sent, "time": iso_8601_datetime_without_milliseconds(utcfromtimestamp(int(float(str(sent["time"])))))}
