"""`slipway policies report`: from the engine's events to one self-contained page."""

import json
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from slipway_policies.engine.exemptions import Exemption, Settings
from slipway_policies.engine.pack import Pack
from slipway_policies.report import events
from slipway_policies.report import page as report
from slipway_policies.rules import all_rules
from tests.support.policies.analyzer import UNKNOWN, Shown, analyze, analyze_stack, start_pack, urn
from tests.support.policies.samples import LOG_GROUP, QUEUE, REPOSITORY, SERVICE, Props

ROOT = Path(__file__).parents[3]
DAY = date(2026, 11, 23)
BAD_QUEUE = {"sqsManagedSseEnabled": False, "receiveWaitTimeSeconds": 20}


def event(shown: Shown, number: int = 0) -> str:
    """One finding as a line of the engine's events."""
    told = {
        "resourceUrn": shown.urn,
        "message": shown.message,
        "policyName": shown.rule,
        "policyPackName": "slipway",
        "enforcementLevel": shown.level,
    }
    return json.dumps({"sequence": number, "timestamp": 1, "policyEvent": told})


def told() -> list[str]:
    """The events of a run with findings, a used exemption, an unneeded one, and a waiting check."""
    pack = Pack(all_rules(), today=DAY)
    servicer = start_pack(pack)
    pack.settings = Settings(
        exemptions=(
            Exemption("ecr-scan-on-push", "*::app", "the registry scans", "anna", DAY),
            Exemption("sqs-queue-encrypted", "*::nobody", "is old", "anna", DAY),
        )
    )
    resources: list[tuple[str, str, Props]] = [
        (QUEUE, "orders", BAD_QUEUE),
        (REPOSITORY, "app", {"imageTagMutability": "IMMUTABLE"}),
        (SERVICE, "<b>api</b>", {"networkConfiguration": {"assignPublicIp": True}}),
        (LOG_GROUP, "api", {"retentionInDays": UNKNOWN}),
    ]
    shown = [
        replace(one, urn=urn(kind, name))  # as the engine does, which knows what it asked about
        for kind, name, props in resources
        for one in analyze(servicer, kind, props, name)
    ]
    shown += analyze_stack(servicer)
    return [event(one, number) for number, one in enumerate(shown)]


class Page(HTMLParser):
    """The links of the page, and its tags left open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: set[str] = set()
        self.targets: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids.add(found.get("id") or "")
        self.targets.append(found.get("href") or found.get("src") or "")
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_findings_of_a_run_are_read_with_what_the_rules_say_of_them() -> None:
    run = events.read(["some text", "{not json", *told()])
    [found] = [one for one in run.violations if one.rule == "sqs-queue-encrypted"]
    assert (found.severity, found.level, found.resource) == ("medium", "mandatory", "aws:sqs/queue:Queue orders")
    assert found.problem == "sqsManagedSseEnabled is false and there is no KMS key, so messages are stored unencrypted"
    assert found.controls == ("FSBP SQS.1", "NIST SC-28")
    assert run.stack == "shop/dev"
    assert run.waiting == {"log-group-retention": 1}
    assert [text.partition(":")[0] for text in run.exemptions] == ["1 finding is exempted", "Not needed"]


def test_the_page_shows_every_finding_by_severity_framework_and_resource() -> None:
    run = events.read(told())
    text = report.render(run)
    page = Page(text)
    assert page.open == []
    assert len(re.findall(r"<article ", text)) == len(run.violations)
    # Once by severity, once by resource, and for two controls of FSBP and two of NIST.
    assert text.count("ecs-service-no-public-ip</a>") == 6
    assert "the registry scans" in text
    assert "log-group-retention: 1" in text


def test_the_page_needs_nothing_beside_it_and_its_links_lead_somewhere() -> None:
    page = Page(report.render(events.read(told())))
    inside = {target.removeprefix("#") for target in page.targets if target.startswith("#")}
    assert inside
    assert inside <= page.ids
    assert {target.split("/")[2] for target in page.targets if target and not target.startswith("#")} == {
        "docs.aws.amazon.com"
    }


def test_names_and_messages_are_text_not_markup() -> None:
    text = report.render(events.read(told()))
    assert "<b>api</b>" not in text
    assert "&lt;b&gt;api&lt;/b&gt;" in text


def test_a_run_without_findings_says_so() -> None:
    text = report.render(events.read(['{"sequence": 1, "summaryEvent": {}}']))
    assert "no findings" in text
    assert "Nothing found." in text


def test_events_that_no_engine_would_send_are_passed_over_and_the_rest_is_told() -> None:
    odd: list[object] = [
        None,
        "text",
        [],
        {},
        {"resourceUrn": "urn:pulumi:x", "policyPackName": "slipway", "policyName": 7},
    ]
    odd += [{"severity": "</style><script>", "message": {"a": 1}, "resourceUrn": ["b"], "enforcementLevel": None}]
    lines = [json.dumps({"sequence": 1, "policyEvent": one, "policyRemediationEvent": one}) for one in odd]
    text = report.render(events.read(["null", "[]", '{"sequence": 1, cut', *lines, *told()]))
    assert "<script" not in text
    assert Page(text).open == []
    assert "sqs-queue-encrypted" in text


def test_a_file_with_a_mark_and_bytes_that_are_no_text_is_read(tmp_path: Path) -> None:
    source, page = tmp_path / "events.jsonl", tmp_path / "page.html"
    source.write_bytes(b"\xef\xbb\xbf" + "\n".join(told()).encode() + b"\n\xff\xfe\x1b[3")
    assert report.main([str(source), "--output", str(page)]) == 0
    assert len(re.findall(r"<article ", page.read_text())) == len(events.read(told()).violations)


def test_a_finding_of_preview_and_update_counts_once_and_a_rewriting_is_named() -> None:
    lines = told()
    done: dict[str, object] = {
        "sequence": 9,
        "policyRemediationEvent": {"policyName": "kms-enabled", "resourceUrn": urn("k", "key")},
    }
    run = events.read([*lines, *lines, json.dumps(done)])
    assert len(run.violations) == len(events.read(lines).violations)
    assert "kms-enabled: key" in report.render(run)


def test_the_command_writes_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, page = tmp_path / "events.jsonl", tmp_path / "page.html"
    source.write_text("\n".join(told()))
    assert report.main([str(source), "--output", str(page)]) == 0
    assert page.read_text().startswith("<!doctype html>")
    assert capsys.readouterr().out.startswith(f"{page}: ")
    assert {path.name for path in tmp_path.iterdir()} == {"events.jsonl", "page.html"}
    assert report.main([str(source), "--output", "/dev/null"]) == 0
    assert Path("/dev/null").is_char_device(), "what is no file stays what it is"


@pytest.mark.parametrize(
    ("content", "said"), [(None, "No such file"), ("pulumi 3.259\n", "holds no events of the engine; make them with")]
)
def test_a_file_that_tells_of_no_run_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None, said: str
) -> None:
    source = tmp_path / "events.jsonl"
    if content is not None:
        source.write_text(content)
    assert report.main([str(source), "--output", str(tmp_path / "page.html")]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ")
    assert said in line
    assert not (tmp_path / "page.html").exists()
