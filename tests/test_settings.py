"""Configuration is typed and refused in one sentence; the sandbox and AWS never mix."""

import contextvars
import json
import socket
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pulumi
import pytest
import yaml
from pydantic.alias_generators import to_camel

import settings

ROOT = Path(__file__).parents[1]
SANDBOX = {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566", "PULUMI_DEBUG_PROVIDERS": "aws:1,docker:2"}
VALUES = {
    "cidrBlock": "10.20.0.0/16",
    "connectedCidrBlocks": "[]",
    "zoneCount": "2",
    "nat": "single",
    "topicName": "orders",
    "appDirectory": "app",
    "baseImage": "python:3.12-slim",
    "architecture": "x86_64",
    "apiCpu": "256",
    "apiMemoryMib": "512",
    "apiDesiredCount": "2",
    "apiAllowedCidrBlocks": '["0.0.0.0/0"]',
    "certificateArn": "",
    "accessLogsBucket": "",
    "alarmTopicArn": "",
    "execKmsKeyArn": "",
    "workerMaxTasks": "4",
    "bastionAllowedCidrBlocks": '["198.51.100.7/32"]',
    "bastionKeyFile": ".sandbox/keys/bastion.pem",
    "logRetentionDays": "30",
    "deletionProtection": "false",
}


class NoResources(pulumi.runtime.Mocks):
    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        raise AssertionError(args.name)

    def call(self, args: pulumi.runtime.MockCallArgs) -> dict[str, Any]:  # type: ignore[override]
        raise AssertionError(args.token)


def load(stack: str, values: dict[str, str], others: Mapping[str, str] = MappingProxyType({})) -> settings.Settings:
    """What the program reads first, in a stack with these values of its own, and with these of other namespaces."""

    def loaded() -> settings.Settings:
        pulumi.runtime.set_mocks(NoResources(), project="slipway", stack=stack)
        pulumi.runtime.set_all_config(
            {"aws:region": "x", **others, **{f"slipway:{key}": it for key, it in values.items()}}
        )
        return settings.load()

    return contextvars.copy_context().run(loaded)


def test_the_program_reads_the_values_of_its_own_project(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SANDBOX:
        monkeypatch.delenv(name, raising=False)
    assert load("prod", VALUES) == settings.parse("slipway", VALUES)
    with pytest.raises(settings.SettingsError, match=r"^config slipwy:nat: is in no namespace of this program; "):
        load("prod", VALUES, {"slipwy:nat": "none"})


def test_the_program_of_a_real_stack_is_refused_in_a_shell_of_the_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SANDBOX.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(settings.SettingsError, match=r"^stack 'prod' deploys to AWS, and this shell is attached"):
        load("prod", VALUES)


def test_the_program_of_a_sandbox_that_has_stopped_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.getsockname()[1]}")
    monkeypatch.setenv("PULUMI_DEBUG_PROVIDERS", "aws:1")
    with pytest.raises(settings.SettingsError, match=r"^the sandbox that this shell is attached to does not answer"):
        load("sandbox", VALUES)


def test_values_arrive_typed() -> None:
    loaded = settings.parse("slipway", VALUES)
    assert loaded.zone_count == 2
    assert loaded.bastion_allowed_cidr_blocks == ["198.51.100.7/32"]
    assert loaded.deletion_protection is False


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("zoneCout", "2", "config slipway:zoneCout: is not a key of this program; did you mean slipway:zoneCount?"),
        ("colour", "red", "config slipway:colour: is not a key of this program; the keys are listed in Pulumi.yaml"),
        (
            "zoneCount",
            "two",
            "config slipway:zoneCount: input should be a valid integer, unable to parse string as an integer, "
            "got 'two'; see its description in Pulumi.yaml",
        ),
        (
            "zoneCount",
            "1",
            "config slipway:zoneCount: input should be greater than or equal to 2, got '1'; "
            "see its description in Pulumi.yaml",
        ),
        (
            "architecture",
            "sparc",
            "config slipway:architecture: input should be 'x86_64' or 'arm64', got 'sparc'; "
            "see its description in Pulumi.yaml",
        ),
        (
            "bastionAllowedCidrBlocks",
            "198.51.100.7/32",
            "config slipway:bastionAllowedCidrBlocks: must be a list, got '198.51.100.7/32'; "
            "write it as a YAML list in Pulumi.<stack>.yaml",
        ),
        (
            "bastionAllowedCidrBlocks",
            "[]",
            "config slipway:bastionAllowedCidrBlocks: list should have at least 1 item after validation, not 0, "
            "got '[]'; see its description in Pulumi.yaml",
        ),
        (
            "topicName",
            "or ders",
            "config slipway:topicName: must be letters, digits and hyphens and start with a letter, got 'or ders'; "
            "see its description in Pulumi.yaml",
        ),
        (
            "appDirectory",
            " ",
            "config slipway:appDirectory: must be a path, got ' '; see its description in Pulumi.yaml",
        ),
        (
            "bastionKeyFile",
            "a\0b",
            "config slipway:bastionKeyFile: must be a path, got 'a\\x00b'; see its description in Pulumi.yaml",
        ),
    ],
)
def test_a_wrong_value_is_refused_in_one_sentence(key: str, value: str, sentence: str) -> None:
    with pytest.raises(settings.SettingsError) as refused:
        settings.parse("slipway", {**VALUES, key: value})
    assert str(refused.value) == sentence


def test_an_empty_value_or_null_is_refused_where_it_means_nothing() -> None:
    said = {}
    for key in VALUES:
        try:
            settings.parse("slipway", {**VALUES, key: ""})
        except settings.SettingsError as error:
            said[key] = str(error)
    assert VALUES.keys() - said.keys() == {"certificateArn", "accessLogsBucket", "alarmTopicArn", "execKmsKeyArn"}
    assert said["topicName"] == (
        "config slipway:topicName: must have a value, got an empty text or null; write one in Pulumi.<stack>.yaml, "
        "or remove the line where Pulumi.yaml has a default"
    )
    assert {sentence.removeprefix(f"config slipway:{key}: ") for key, sentence in said.items()} == {
        said["topicName"].removeprefix("config slipway:topicName: ")
    }


def test_a_key_in_a_misspelt_namespace_is_refused() -> None:
    settings.check_namespaces("slipway", ["slipway:nat", "aws:region", "docker:host", "slipway-fanout:topicName"])
    with pytest.raises(settings.SettingsError) as refused:
        settings.check_namespaces("slipway", ["aws:region", "slipwy:nat"])
    assert str(refused.value) == "config slipwy:nat: is in no namespace of this program; did you mean slipway:nat?"


def test_a_missing_value_is_named() -> None:
    with pytest.raises(settings.SettingsError) as refused:
        settings.parse("slipway", {key: value for key, value in VALUES.items() if key != "apiAllowedCidrBlocks"})
    assert str(refused.value) == (
        "config slipway:apiAllowedCidrBlocks: must be set, got nothing; add it to Pulumi.<stack>.yaml, "
        "Pulumi.yaml says what it means"
    )


def test_pulumi_yaml_declares_exactly_the_settings() -> None:
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    assert set(declared) == {to_camel(name) for name in settings.Settings.model_fields}
    assert all(entry["description"] for entry in declared.values())


@pytest.mark.parametrize("stack", ["sandbox", "dev", "prod"])
def test_the_values_of_every_stack_are_whole(stack: str) -> None:
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    values = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    merged = {key: entry["default"] for key, entry in declared.items() if "default" in entry}
    merged |= {key.removeprefix("slipway:"): value for key, value in values.items() if key.startswith("slipway:")}
    raw = {key: json.dumps(value) if isinstance(value, list) else str(value) for key, value in merged.items()}
    settings.parse("slipway", raw)


@pytest.mark.parametrize("missing", [{*SANDBOX}, {"AWS_ENDPOINT_URL"}, {"PULUMI_DEBUG_PROVIDERS"}])
@pytest.mark.parametrize("stack", ["sandbox", "sandbox-2"])
def test_a_sandbox_stack_needs_the_whole_sandbox(stack: str, missing: set[str]) -> None:
    settings.check_environment(stack, SANDBOX)
    with pytest.raises(settings.SettingsError) as refused:
        settings.check_environment(stack, {name: value for name, value in SANDBOX.items() if name not in missing})
    assert str(refused.value) == (
        f"stack '{stack}' deploys to the sandbox on this machine, and this shell is not attached to it; "
        'run make up, or eval "$(make env)" where the sandbox is running'
    )


@pytest.mark.parametrize(
    ("environ", "names"),
    [
        (SANDBOX, "AWS_ENDPOINT_URL and PULUMI_DEBUG_PROVIDERS"),
        ({"AWS_ENDPOINT_URL": "http://localhost:4566"}, "AWS_ENDPOINT_URL"),
        ({"PULUMI_DEBUG_PROVIDERS": "aws:1"}, "PULUMI_DEBUG_PROVIDERS"),
    ],
)
def test_every_other_stack_refuses_the_sandbox(environ: dict[str, str], names: str) -> None:
    with pytest.raises(settings.SettingsError) as refused:
        settings.check_environment("prod", environ)
    assert str(refused.value) == (
        f"stack 'prod' deploys to AWS, and this shell is attached to the sandbox by {names}; "
        f"open a new shell, or unset {names.replace(' and', '')}"
    )


def test_a_sandbox_that_has_stopped_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        settings.check_running({"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"})
    with pytest.raises(settings.SettingsError) as refused:
        settings.check_running({"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"})
    assert str(refused.value) == (
        f"the sandbox that this shell is attached to does not answer at 127.0.0.1:{port}; "
        "run slipway sandbox start, or open a new shell"
    )


def test_a_stack_on_aws_looks_for_no_sandbox() -> None:
    settings.check_running({})
    settings.check_running({"AWS_ENDPOINT_URL": "https://vpce-1.sqs.eu-west-1.vpce.amazonaws.com"})


def test_a_real_endpoint_of_aws_is_no_sandbox() -> None:
    settings.check_environment("prod", {"AWS_ENDPOINT_URL": "https://vpce-1.sqs.eu-west-1.vpce.amazonaws.com"})
