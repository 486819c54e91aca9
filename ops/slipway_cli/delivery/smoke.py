"""Delivery test: publishes a probe through each topic of a stack and waits for it at each queue of the topic.

A result is proved by facts: SNS took the probe, and the queue's own consumer got it, or this command where it may
receive. Each task that may have got it is looked at: one that starts, runs, drains or has stopped meanwhile. A topic is
probed only where no subscriber outside of the stack gets the probe.
"""

import re
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import Final, Protocol, TypedDict, Unpack

from slipway_cli.delivery import hops, recipients
from slipway_cli.delivery.collection import Collector, Queues
from slipway_cli.delivery.consumers import YOUNG, Consumer, end_of
from slipway_cli.delivery.log_lines import Logs
from slipway_cli.delivery.probe import NoProbeError, Probe, Publication, probe_for, surely_misses
from slipway_cli.delivery.recipients import Inspection, Subscription, Target
from slipway_cli.errors import CommandError
from slipway_cli.stack import Outputs

TIMEOUT_SECONDS: Final = 60
TOPIC_ARN: Final = re.compile(r"arn:[\w-]+:sns:[\w-]+:\d{12}:[\w.-]+")
POLL_SECONDS: Final = 1.0
CLOCK_MILLISECONDS: Final = 60_000  # by which this machine's clock may be ahead of a task's


class Published(TypedDict):
    """Answer of Publish."""

    MessageId: str


class Topics(recipients.Topics, Protocol):
    """boto3's SNS client."""

    def publish(self, **request: Unpack[Publication]) -> Published:
        """Send a message to a topic."""


class AllLogs(Logs, hops.DeliveryLogs, Protocol):
    """boto3's CloudWatch Logs client."""


@dataclass
class Result:
    """Outcome for one queue on one topic."""

    topic: str
    queue: str
    proved: bool = False
    sentence: str = ""


@dataclass
class _Sent:
    result: Result
    probe: Probe
    subscription: Subscription
    target: Target
    message_id: str
    at: float = field(default_factory=time.time)


class Smoke:
    """The delivery test of one stack."""

    def __init__(
        self,
        outputs: Outputs,
        consumers: Callable[[], list[Consumer]],
        receive: Collection[str] = (),
        *,
        reach_others: bool = False,
    ) -> None:
        """`consumers` lists the stack's, as they are then; `receive` are keys of queues that nobody reads.

        Raises CommandError on an unknown key, on a topic that is not an ARN, and without a topic.
        """
        import boto3  # noqa: PLC0415 - 0.2 s, which `--help` does not need

        _check(outputs, receive)
        self._topics: Topics = boto3.client("sns")
        self._queues: Queues = boto3.client("sqs")
        self._collector = Collector(self._queues)
        self._keys: hops.Keys = boto3.client("kms")
        self._logs: AllLogs = boto3.client("logs")
        self._topic_arns = outputs.topic_arns
        self._reach_others = reach_others
        self._dead = outputs.dead_letter_queue_urls
        self._consumers = consumers
        present = self._begun()
        self._ended = {consumer.stream for consumer in present if consumer.phase == "ended"}
        inspection = Inspection(self._queues, self._logs, present, frozenset(receive))
        targets = [inspection.target(key, url) for key, url in outputs.queue_urls.items()]
        self._targets = {target.arn: target for target in targets}
        self._published: dict[str, _Sent] = {}

    def _begun(self) -> list[Consumer]:
        """The consumers, once those of new tasks have begun, or half a minute later."""
        end = time.monotonic() + YOUNG.total_seconds()
        while True:
            consumers = self._consumers()
            starting = [consumer for consumer in consumers if consumer.phase == "starting"]
            if time.monotonic() > end or all(consumer.has_begun(self._logs) for consumer in starting):
                return consumers
            time.sleep(POLL_SECONDS)

    def run(self, timeout_seconds: float = TIMEOUT_SECONDS) -> list[Result]:
        """Publish and wait; one result for each queue on each topic."""
        results: list[Result] = []
        waiting: list[_Sent] = []
        for topic in self._topic_arns:
            subscriptions = list(recipients.subscriptions(self._topics, topic))
            for subscription in subscriptions:
                if target := self._targets.get(subscription.endpoint):
                    result = Result(topic.rpartition(":")[2], target.key)
                    results.append(result)
                    if sent := self._publish(result, subscription, target, subscriptions):
                        waiting.append(sent)
        results += self._without_topic({result.queue for result in results})
        self._await(waiting, timeout_seconds)
        for sent in waiting:
            if not sent.result.proved:
                sent.result.sentence = self._loss(sent)
        for url in {sent.target.url for sent in waiting if sent.target.received}:
            self._take_probes(url)  # the filter of this queue let in probes for other queues
        return sorted(results, key=lambda result: (result.topic, result.queue))

    def _without_topic(self, reached: set[str]) -> list[Result]:
        sentence = "subscription: none of the topics has this queue as a subscriber; `pulumi up` makes it"
        keys = [target.key for target in self._targets.values() if target.key not in reached]
        return [Result("-", key, sentence=sentence) for key in keys]

    def _loss(self, sent: _Sent) -> str:
        """The hop that failed. SNS may have put probes in the dead-letter queue; they are removed there."""
        topic, url = sent.subscription.topic, sent.target.url
        sentence = hops.diagnosis(self._queues, self._keys, topic, url, filtered=bool(sent.subscription.filter))
        dead = self._dead.get(sent.target.key)
        if dead:
            self._take_probes(dead)
        if failure := hops.logged_failure(self._logs, topic, url, sent.message_id):
            sentence += f"; SNS logged {failure}"
        if self._collector.has(dead, sent.probe.token):
            sentence += "; SNS put the probe in the dead-letter queue, from which it was removed"
        return sentence

    def _publish(
        self, result: Result, subscription: Subscription, target: Target, everyone: list[Subscription]
    ) -> _Sent | None:
        """Publish a probe for one subscription, unless a subscriber outside of the stack would get it."""
        if not subscription.confirmed:
            result.sentence = "subscription: it is not confirmed, so nothing is delivered; its owner has to confirm it"
            return None
        if target.refusal:
            result.sentence = f"not tried: {target.refusal}"
            return None
        try:
            probe = probe_for(subscription.filter, subscription.scope)
        except NoProbeError as error:
            result.sentence = f"not tried: no probe was found that passes its filter at {error}"
            return None
        if other := self._outsider(probe, everyone):
            result.sentence = (
                f"not tried: the probe would also reach {other.protocol} {other.endpoint}, which may take it for work; "
                "--reach-others sends it all the same"
            )
            return None
        # Subscriptions with equal probes share one: each probe reaches everybody whose filter it passes.
        content = f"{subscription.topic} {probe.text} {probe.attributes}"
        if content in self._published:
            return replace(self._published[content], result=result, subscription=subscription, target=target)
        message_id = self._topics.publish(**probe.publication(subscription.topic))["MessageId"]
        self._published[content] = _Sent(result, probe, subscription, target, message_id)
        return self._published[content]

    def _outsider(self, probe: Probe, everyone: list[Subscription]) -> Subscription | None:
        """The first subscriber to get the probe and perhaps take it for work."""
        if self._reach_others:
            return None
        for other in everyone:
            target = self._targets.get(other.endpoint)
            knows_probes = target is not None and not target.refusal
            if not knows_probes and other.confirmed and not surely_misses(probe, other.filter, other.scope):
                return other
        return None

    def _await(self, waiting: list[_Sent], timeout_seconds: float) -> None:
        longest = max((sent.target.delay_seconds for sent in waiting), default=0)
        end = time.monotonic() + timeout_seconds + longest
        while pending := [sent for sent in waiting if not sent.result.proved]:
            for url in {sent.target.url for sent in pending if sent.target.received}:
                self._take_probes(url)
            consumers = self._consumers()
            for sent in pending:
                if receiver := self._receiver(sent, consumers):
                    kind = "raw" if sent.subscription.raw else "in an envelope"
                    through = ", through its filter" if sent.subscription.filter else ""
                    sent.result.proved = True
                    sent.result.sentence = f"{receiver} got it {kind}{through} within {time.time() - sent.at:.1f} s"
            if time.monotonic() > end:
                return
            if any(not sent.result.proved for sent in pending):
                time.sleep(POLL_SECONDS)

    def _receiver(self, sent: _Sent, consumers: list[Consumer]) -> str | None:
        if sent.target.received:
            return "this command" if self._collector.has(sent.target.url, sent.probe.token) else None
        since = int(sent.at * 1000) - CLOCK_MILLISECONDS
        for consumer in consumers:
            may_have_it = consumer.queue == end_of(sent.target.url) and consumer.stream not in self._ended
            if may_have_it and consumer.acknowledged(self._logs, sent.probe.token, since):
                return f"service {consumer.service}"
        return None

    def _take_probes(self, url: str) -> None:
        self._collector.take(url, [sent.probe.token for sent in self._published.values()])


def _check(outputs: Outputs, receive: Collection[str]) -> None:
    unknown = sorted(set(receive) - outputs.queue_urls.keys())
    if unknown:
        known = ", ".join(sorted(outputs.queue_urls)) or "none"
        raise CommandError(f"smoke: the stack has no queue {unknown[0]!r}; it has {known}")
    if not outputs.topic_arns:
        raise CommandError(
            "smoke: the stack has no output topicArn; export the topic of its FanOut, or name it with --topic"
        )
    for arn in outputs.topic_arns:
        if not TOPIC_ARN.fullmatch(arn):
            raise CommandError(
                f"smoke: a topic is named by its ARN, like arn:aws:sns:eu-west-1:123456789012:orders, got {arn!r}"
            )
