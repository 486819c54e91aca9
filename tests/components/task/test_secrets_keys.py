"""Secrets under keys of one's own: ECS may decrypt them, and nothing else, through the services that hold them."""

import json
from collections.abc import Mapping
from typing import Any, cast

import pulumi
import pytest

from slipway import FargateService, FargateServiceArgs, QueueWorker, QueueWorkerArgs
from tests.support.components.mocks import Built, build
from tests.support.components.refusals import Refused, refusal
from tests.support.components.service_samples import KEY, PARAMETER, SECRET, TASK, WORKER

FILE = "arn:aws:s3:::config/own.env"
ROLE = "arn:aws:iam::123456789012:role/starts-tasks"
FURTHER_KEY = "arn:aws:kms:us-east-1:123456789012:key/def"


def service(args: dict[str, Any]) -> Built:
    return build(lambda: FargateService("api", cast("FargateServiceArgs", TASK | args)))


def decrypting(built: Built, name: str) -> list[dict[str, Any]]:
    """The statements with kms:Decrypt in a role's policy."""
    statements = json.loads(built.one("rolePolicy:RolePolicy", f"{name}-execution").inputs["policy"])["Statement"]
    return [statement for statement in statements if "kms:Decrypt" in statement["Action"]]


def through(*services: str, region: str = "eu-west-1", keys: list[str] | None = None) -> dict[str, Any]:
    """The statement that decrypts through these services."""
    via = {"StringLike": {"kms:ViaService": [f"{service}.{region}.*" for service in services]}}
    return {"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": keys or [KEY], "Condition": via}


def test_without_the_argument_ecs_may_decrypt_nothing() -> None:
    assert decrypting(service({"secrets": {"KEY": SECRET}}), "api") == []


@pytest.mark.parametrize(
    ("args", "statement"),
    [
        ({"secrets": {"A": SECRET}}, through("secretsmanager")),
        ({"secrets": {"A": PARAMETER}}, through("ssm")),
        ({"environment_files": [FILE]}, through("s3")),
        ({"secrets": {"A": SECRET, "B": PARAMETER}}, through("secretsmanager", "ssm")),
    ],
)
def test_ecs_decrypts_through_the_services_that_hold_the_secrets(
    args: dict[str, Any], statement: Mapping[str, Any]
) -> None:
    assert decrypting(service(args | {"secrets_kms_key_arns": [KEY]}), "api") == [statement]


def test_a_key_is_used_in_its_own_region_and_secrets_of_sidecars_count() -> None:
    sidecars = {"proxy": {"image": "nginx:1", "secrets": {"A": SECRET}}}

    def with_an_output() -> None:
        keys = [pulumi.Output.from_input(KEY), FURTHER_KEY]
        args = TASK | {"sidecars": sidecars, "secrets_kms_key_arns": keys}
        FargateService("api", cast("FargateServiceArgs", args))

    assert decrypting(build(with_an_output), "api") == [
        through("secretsmanager"),
        through("secretsmanager", region="us-east-1", keys=[FURTHER_KEY]),
    ]


def test_a_worker_takes_the_argument_too() -> None:
    args = cast("QueueWorkerArgs", WORKER | {"secrets": {"A": SECRET}, "secrets_kms_key_arns": [KEY]})
    built = build(lambda: QueueWorker("orders", args))
    assert decrypting(built, "orders") == [through("secretsmanager")]


@pytest.mark.parametrize(
    "case",
    [
        Refused(
            {"secrets_kms_key_arns": [KEY]},
            "secrets_kms_key_arns goes with secrets or environment_files, got neither; leave it out",
        ),
        Refused(
            {"secrets": {"A": SECRET}, "secrets_kms_key_arns": ["arn:aws:kms:eu-west-1:123456789012:alias/shop"]},
            "secrets_kms_key_arns[0] must be the ARN of a KMS key, got 'arn:aws:kms:eu-west-1:123456789012:alias/shop'; "
            "write it like arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        ),
        Refused(
            {"secrets": {"A": SECRET}, "secrets_kms_key_arns": [KEY], "execution_role_arn": ROLE},
            "execution_role_arn uses an existing role without changes, got secrets_kms_key_arns too; "
            "allow that role kms:Decrypt, and leave secrets_kms_key_arns out",
        ),
    ],
    ids=lambda case: case.says[:40],
)
def test_keys_without_a_use_and_other_arns_are_refused(case: Refused) -> None:
    sentence = refusal(lambda: FargateService("api", cast("FargateServiceArgs", TASK | dict(case.args))))
    assert sentence == f"FargateService 'api': {case.says}"
