"""What a program in another language writes, as the plugin hands it to components, and how it refuses."""

import contextlib
from typing import Any

import pulumi
import pytest

from tests.support import other_languages
from tests.support.components.built_samples import CASES, NAME, SAMPLES, built
from tests.support.components.existing_network import EXISTING
from tests.support.components.mocks import build
from tests.support.components.registrations import CHECKOUT
from tests.support.other_languages import DEFINITIONS, PLUGIN


def refusal(kind: str, inputs: dict[str, Any], name: str = "work") -> str:
    """What the plugin says about inputs that it refuses before it registers anything."""
    sentences: list[str] = []

    def construct() -> None:
        try:
            PLUGIN.construct(name, f"slipway:index:{kind}", inputs)
        except pulumi.InputPropertiesError as error:
            sentences.append(error.message)

    assert build(construct).resources == []
    [sentence] = sentences
    return sentence


@pytest.mark.parametrize(("kind", "case"), CASES)
def test_a_component_registers_the_same_from_another_language(kind: str, case: str) -> None:
    def construct() -> None:
        other_languages.construct(kind, NAME, SAMPLES[case][kind])

    with contextlib.chdir(CHECKOUT):  # relative paths are part of an image's name
        remote = build(construct, EXISTING)
    assert {it.urn: it.inputs for it in remote.resources} == {it.urn: it.inputs for it in built(kind, case).resources}


@pytest.mark.parametrize(
    ("kind", "inputs", "sentence"),
    [
        ("Queue", {"maxReceive": 3}, "maxReceive is not an argument; did you mean maxReceives?"),
        ("Queue", {"max_receives": 3}, "max_receives is not an argument; did you mean maxReceives?"),
        (
            "FanOut",
            {"queues": {"billing": {"maxReceive": 3}}},
            "queues.billing.maxReceive is not an argument; did you mean maxReceives?",
        ),
        (
            "Queue",
            {"senders": [{"service": "s3.amazonaws.com", "arn": "x"}]},
            "senders[0].arn is not an argument; the arguments are service, sourceAccountId, sourceArn",
        ),
        (
            "Queue",
            {"visibilityTimeoutSeconds": pulumi.Output.from_input(30)},
            "visibilityTimeoutSeconds must be known before deployment, got an Output; give a plain value",
        ),
        (
            "Queue",
            {"visibilityTimeoutSeconds": pulumi.Output.secret(30)},
            "visibilityTimeoutSeconds must be known before deployment, got an Output; give a plain value",
        ),
        (
            "FanOut",
            {"queues": {"billing": {"maxReceives": pulumi.Output.secret(30)}}},
            "queues.billing.maxReceives must be known before deployment, got an Output; give a plain value",
        ),
        (
            "FanOut",
            {"queues": pulumi.Output.from_input({})},
            "queues must be known before deployment, got an Output; give a plain value",
        ),
        ("FanOut", {}, "queues is required, got nothing; give it a value"),
        ("FanOut", {"queues": {"billing": "yes"}}, "queues.billing must be a mapping of arguments, got 'yes'"),
        ("Queue", {"visibilityTimeoutSeconds": "30"}, "visibilityTimeoutSeconds must be a number, got '30'"),
        (
            "Queue",
            {"visibilityTimeoutSeconds": 50000.0},
            "visibilityTimeoutSeconds must be a whole number 0-43200, got 50000",
        ),
    ],
)
def test_what_is_wrong_is_one_sentence_with_the_names_of_the_program(
    kind: str, inputs: dict[str, Any], sentence: str
) -> None:
    assert refusal(kind, inputs) == f"{kind} 'work': {sentence}"


def test_words_and_values_with_an_underscore_stay_as_they_are() -> None:
    assert refusal("Network", {"endpointsFor": ["max_receives"]}) == (
        "Network 'work': endpointsFor must be one of Bastion, EksCluster, FanOut, FargateService, Host, Job, Queue, QueueWorker, Topic, "
        "exec, kms, parameters, secrets, session_logs, got 'max_receives'"
    )
    assert refusal("Network", {"nat": "per_zones"}) == (
        "Network 'work': nat must be one of none, single, per_zone, instance, got 'per_zones'; did you mean per_zone?"
    )


def test_an_unknown_component_is_one_sentence() -> None:
    known = ", ".join(sorted(DEFINITIONS))
    assert refusal("Queu", {}) == f"slipway:index:Queu is no component; the components are {known}"


VERDICT = """service 'api': the deployment of api:1 failed
  last lines of api:
    no task_role_arn in the environment
  look at: a deployment of 'desired_count' with more {memory}; or give a role as {role}"""


def test_what_an_update_says_has_the_names_of_the_program_and_a_container_s_log_as_it_is() -> None:
    said = PLUGIN.sentence(VERDICT.format(memory="memory_mib", role="verdict_role_arn"))
    assert said == VERDICT.format(memory="memoryMib", role="verdictRoleArn")
