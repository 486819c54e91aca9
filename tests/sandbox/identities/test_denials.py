"""What the sandbox keeps of refused calls, and how `slipway sandbox denied` shows it."""

import json
from typing import Any

from slipway_sandbox.identities.denials import Denial, Denials
from slipway_sandbox.identities.report import lines
from tests.sandbox.conftest import Box

ANN, BOB = (f"arn:aws:iam::123456789012:user/{name}" for name in ("ann", "bob"))
QUEUE = "arn:aws:sqs:eu-west-1:123456789012:jobs"
STATEMENT = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": QUEUE}


def denial(principal: str = ANN, **changes: Any) -> Denial:
    made: Denial = {
        "at": "2026-01-01T00:00:00+00:00",
        "times": 1,
        "principal": principal,
        "action": "sqs:SendMessage",
        "resource": QUEUE,
        "code": "AccessDenied",
        "reason": f"User: {principal} is not authorized to perform: sqs:sendmessage",
        "would_allow": [{"kind": "identity-based policy", "statement": STATEMENT}],
    }
    made.update(changes)  # type: ignore[typeddict-item] # of its own keys
    return made


def kept(*added: Denial) -> list[tuple[str, int]]:
    """Principal and number of what is kept."""
    denials = Denials()
    for each in added:
        denials.add(each)
    return [(each["principal"], each["times"]) for each in denials.report()["denied"]]


def test_a_call_that_is_tried_again_is_one_denial_and_the_newest() -> None:
    assert kept(denial(), denial(BOB), denial()) == [(BOB, 1), (ANN, 2)]


def test_the_tasks_of_a_service_are_one_role() -> None:
    first, second = (f"arn:aws:sts::123456789012:assumed-role/app/{task}" for task in ("task-1", "task-2"))
    assert kept(denial(first), denial(second)) == [(second, 2)]


def test_the_last_500_denials_are_kept() -> None:
    found = kept(*(denial(f"{ANN}-{number}") for number in range(501)))
    assert (len(found), found[0], found[-1]) == (500, (f"{ANN}-1", 1), (f"{ANN}-500", 1))


def test_the_text_names_who_what_where_why_and_the_missing_statement() -> None:
    denials = Denials()
    denials.add(denial(times=3))
    denials.add(denial(BOB, would_allow=[]))
    denials.let_through("polly:Speak: the sandbox has no table of this service")
    assert list(lines(denials.report())) == [
        f"2026-01-01T00:00:00+00:00  {ANN}, 3 times",
        f"  sqs:SendMessage on {QUEUE}: AccessDenied",
        f"  User: {ANN} is not authorized to perform: sqs:sendmessage",
        '  lacks, in the identity-based policy: {"Effect": "Allow", "Action": "sqs:SendMessage", '
        f'"Resource": "{QUEUE}"}}',
        "",
        f"2026-01-01T00:00:00+00:00  {BOB}",
        f"  sqs:SendMessage on {QUEUE}: AccessDenied",
        f"  User: {BOB} is not authorized to perform: sqs:sendmessage",
        "  a statement denies it: take that statement away, or add an exception to it",
        "",
        "Let through, as the sandbox cannot judge them:",
        "       1  polly:Speak: the sandbox has no table of this service",
    ]


def test_nothing_was_denied() -> None:
    assert list(lines(Denials().report())) == ["No call was denied since the sandbox started"]


def test_a_sandbox_that_does_not_run_has_no_denials(box: Box) -> None:
    assert box.refusal("denied") == (
        f"the sandbox of {box.home.path} is not running; it keeps its denials as long as it runs"
    )


def test_the_command_shows_what_a_service_may_not_deliver(shared_box: Box) -> None:
    sns, sqs = shared_box.client("sns"), shared_box.client("sqs")
    url, topic = sqs.create_queue(QueueName="closed")["QueueUrl"], sns.create_topic(Name="loud")["TopicArn"]
    queue = topic.replace(":sns:", ":sqs:").replace("loud", "closed")
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    sns.publish(TopicArn=topic, Message="7")
    denied = json.loads(shared_box.must("denied", "--json"))["denied"]
    sns.delete_topic(TopicArn=topic)
    sqs.delete_queue(QueueUrl=url)
    [found] = [each for each in denied if each["resource"] == queue]
    assert (found["principal"], found["action"], found["code"]) == (
        "sns.amazonaws.com",
        "sqs:SendMessage",
        "AccessDenied",
    )
    assert found["would_allow"][0]["statement"]["Condition"] == {"ArnEquals": {"aws:SourceArn": topic}}
