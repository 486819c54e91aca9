"""Delivery test: a probe through each topic of a stack, awaited at each queue that should get it, without touching the work.

What is proved is what happened: SNS took the probe, and the queue's own consumer, or this command where it was told that it
may receive, got it. A topic is probed only where nobody else would get the probe.
"""

import re
import time
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Final

from slipway_cli import delivery, hops
from slipway_cli.consumers import Consumer
from slipway_cli.delivery import Subscription, Target
from slipway_cli.errors import OpsError
from slipway_cli.probe import NoProbeError, Probe, probe_for, surely_misses
from slipway_cli.stack import Outputs

TIMEOUT_SECONDS: Final = 60
TOPIC_ARN: Final = re.compile(r"arn:[\w-]+:sns:[\w-]+:\d{12}:[\w.-]+")
LOOK_SECONDS: Final = 1.0
MOST_BATCHES: Final = 50  # of ten messages, among which a probe is looked for
CLOCK_MILLISECONDS: Final = 60_000  # that this machine's clock may be ahead of a task's


@dataclass
class Result:
    """What came of one queue on one topic."""

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
        self, outputs: Outputs, running: list[Consumer], receive: Collection[str] = (), *, reach_others: bool = False
    ) -> None:
        """`running` is what consumes in the stack; `receive` are keys of queues that nobody reads.

        Raises OpsError on a key that is none, on a topic that is no ARN, and without a topic.
        """
        import boto3  # noqa: PLC0415 - 0.2 s that `--help` does not need

        unknown = sorted(set(receive) - outputs.queue_urls.keys())
        if unknown:
            known = ", ".join(sorted(outputs.queue_urls)) or "none"
            raise OpsError(f"smoke: the stack has no queue {unknown[0]!r}; it has {known}")
        if not outputs.topic_arns:
            raise OpsError(
                "smoke: the stack has no output topicArn; export the topic of its FanOut, or name it with --topic"
            )
        for arn in outputs.topic_arns:
            if not TOPIC_ARN.fullmatch(arn):
                raise OpsError(
                    f"smoke: a topic is named by its ARN, like arn:aws:sns:eu-west-1:123456789012:orders, got {arn!r}"
                )
        self._sns, self._sqs, self._kms = (boto3.client(service) for service in ("sns", "sqs", "kms"))
        self._logs = boto3.client("logs")
        self._topics = outputs.topic_arns
        self._reach_others = reach_others
        self._dead = outputs.dead_letter_queue_urls
        self._targets = {
            target.arn: target
            for target in (
                delivery.target(self._sqs, self._logs, key, url, running, receive=key in receive)
                for key, url in outputs.queue_urls.items()
            )
        }
        self._published: dict[str, _Sent] = {}
        self._got: set[tuple[str, str]] = set()

    def run(self, timeout_seconds: float = TIMEOUT_SECONDS) -> list[Result]:
        """Publish, wait, and say for each queue on each topic what came of it."""
        results: list[Result] = []
        waiting: list[_Sent] = []
        for topic in self._topics:
            found = list(delivery.subscriptions(self._sns, topic))
            for subscription in found:
                if target := self._targets.get(subscription.endpoint):
                    result = Result(topic.rpartition(":")[2], target.key)
                    results.append(result)
                    if sent := self._publish(result, subscription, target, found):
                        waiting.append(sent)
        fed = {result.queue for result in results}
        results += [
            Result(
                "-",
                target.key,
                sentence="subscription: none of the topics has this queue as a subscriber; `pulumi up` makes it",
            )
            for target in self._targets.values()
            if target.key not in fed
        ]
        self._await(waiting, timeout_seconds)
        for sent in waiting:
            if not sent.result.proved:
                sent.result.sentence = self._lost(sent)
        for url in {sent.target.url for sent in waiting if sent.target.received}:
            self._take_probes(url)  # those that were meant for other queues
        return sorted(results, key=lambda one: (one.topic, one.queue))

    def _lost(self, sent: _Sent) -> str:
        """Which hop failed; SNS may have put probes in the dead-letter queue, where they must not lie."""
        filtered = bool(sent.subscription.filter)
        sentence = hops.lost_at(self._sqs, self._kms, sent.subscription.topic, sent.target.url, filtered)
        dead = self._dead.get(sent.target.key)
        if dead:
            self._take_probes(dead)
        if said := hops.logged(self._logs, sent.subscription.topic, sent.target.url, sent.message_id):
            sentence += f"; SNS logged {said}"
        if (dead, sent.probe.token) in self._got:
            sentence += "; SNS put the probe in the dead-letter queue, from which it was removed"
        return sentence

    def _publish(
        self, result: Result, subscription: Subscription, target: Target, everyone: list[Subscription]
    ) -> _Sent | None:
        """Publish a probe for one subscription, unless somebody would get it who must not."""
        if not subscription.confirmed:
            result.sentence = "subscription: it is not confirmed, so nothing is delivered; its owner has to confirm it"
            return None
        if target.refused:
            result.sentence = f"not tried: {target.refused}"
            return None
        try:
            probe = probe_for(subscription.filter, subscription.scope)
        except NoProbeError as error:
            result.sentence = f"not tried: no probe was found that passes its filter at {error}"
            return None
        for other in everyone:
            known = self._targets.get(other.endpoint)
            bears = known is not None and not known.refused
            if not (
                bears or not other.confirmed or self._reach_others or surely_misses(probe, other.filter, other.scope)
            ):
                result.sentence = (
                    f"not tried: the probe would also reach {other.protocol} {other.endpoint}, which may take it for work; "
                    "--reach-others sends it all the same"
                )
                return None
        # One probe for all that take the same: each reaches everybody whom its filter does not keep out.
        same = self._published.get(same_as := f"{subscription.topic} {probe.text} {probe.attributes}")
        if same is not None:
            return replace(same, result=result, subscription=subscription, target=target)
        message_id = self._sns.publish(**probe.published(subscription.topic))["MessageId"]
        self._published[same_as] = _Sent(result, probe, subscription, target, message_id)
        return self._published[same_as]

    def _await(self, waiting: list[_Sent], timeout_seconds: float) -> None:
        longest = max((sent.target.delay_seconds for sent in waiting), default=0)
        end = time.monotonic() + timeout_seconds + longest
        while open_ones := [sent for sent in waiting if not sent.result.proved]:
            for url in {sent.target.url for sent in open_ones if sent.target.received}:
                self._take_probes(url)
            for sent in open_ones:
                by = self._taken_by(sent)
                if by:
                    kind = "raw" if sent.subscription.raw else "in an envelope"
                    through = ", through its filter" if sent.subscription.filter else ""
                    sent.result.proved = True
                    sent.result.sentence = f"{by} got it {kind}{through} within {time.time() - sent.at:.1f} s"
            if time.monotonic() > end:
                return
            if any(not sent.result.proved for sent in open_ones):
                time.sleep(LOOK_SECONDS)

    def _taken_by(self, sent: _Sent) -> str | None:
        if sent.target.received:
            return "this command" if (sent.target.url, sent.probe.token) in self._got else None
        since = int(sent.at * 1000) - CLOCK_MILLISECONDS
        found = (one for one in sent.target.consumers if one.acknowledged(self._logs, sent.probe.token, since))
        return next((f"service {one.service}" for one in found), None)

    def _take_probes(self, url: str) -> None:
        """Take this run's probes out of a queue; anything else is shown again in the end."""
        others: list[str] = []
        for _ in range(MOST_BATCHES):
            answer = self._sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
            if not (messages := answer.get("Messages")):
                break
            for message in messages:
                token = self._token_in(message["Body"])
                if token is None:
                    others.append(message["ReceiptHandle"])
                else:
                    self._sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                    self._got.add((url, token))
        for handle in others:
            self._sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)

    def _token_in(self, body: str) -> str | None:
        tokens = (sent.probe.token for sent in self._published.values())
        return next((token for token in tokens if token in body), None)
