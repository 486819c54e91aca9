"""The only reader of Pulumi configuration: typed, validated values for the program, and the guard between sandbox and AWS.

Keys and their meaning are declared in Pulumi.yaml; the values of a stack are in Pulumi.<stack>.yaml.
"""

import difflib
import json
import os
import re
import socket
import urllib.parse
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

import pulumi
from pulumi.runtime import config as runtime_config
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails, PydanticCustomError

from slipway import GuardError
from slipway.program import check_stack
from slipway.words import Nat

ANSWER_SECONDS = 2
ATTACH = 'run make up, or eval "$(make env)" where the sandbox is running'
LOOPBACK_HOSTS = {"localhost", "127.0.0.1", "::1"}
MAY_BE_EMPTY = {"certificateArn", "accessLogsBucket", "alarmTopicArn", "execKmsKeyArn"}
TOPIC_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")


class SettingsError(pulumi.RunError):
    """A configuration value or the environment is refused; the message is one sentence with the fix."""


def topic_name(value: str) -> str:
    """A name for the topic, with which the names of its queues begin."""
    if not TOPIC_NAME.fullmatch(value):
        raise PydanticCustomError("topic", "must be letters, digits and hyphens and start with a letter")
    return value


def path(value: str) -> str:
    """A path that the file system can hold."""
    if not value.strip() or "\0" in value:
        raise PydanticCustomError("path", "must be a path")
    return value


class Settings(BaseModel):
    """Values of one stack. Field names are the configuration keys in snake case; see Pulumi.yaml for each meaning."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True)

    cidr_block: str
    connected_cidr_blocks: list[str]
    zone_count: int = Field(ge=2)
    nat: Nat
    topic_name: Annotated[str, AfterValidator(topic_name)]
    app_directory: Annotated[str, AfterValidator(path)]
    base_image: str
    architecture: Literal["x86_64", "arm64"]
    api_cpu: int
    api_memory_mib: int
    api_desired_count: int
    api_allowed_cidr_blocks: list[str]
    certificate_arn: str
    access_logs_bucket: str
    alarm_topic_arn: str
    exec_kms_key_arn: str
    worker_max_tasks: int
    bastion_allowed_cidr_blocks: list[str] = Field(min_length=1)
    bastion_key_file: Annotated[str, AfterValidator(path)]
    log_retention_days: int
    deletion_protection: bool


def load() -> Settings:
    """The settings of the current stack.

    Raises SettingsError when the stack does not fit the environment, the sandbox has stopped, a key or its namespace is
    unknown, a key is missing, or a value has the wrong type.
    """
    check_environment(pulumi.get_stack(), os.environ)
    check_running(os.environ)
    project = pulumi.get_project()
    prefix, configured = f"{project}:", runtime_config.CONFIG.get()
    check_namespaces(project, configured)
    values = {key.removeprefix(prefix): value for key, value in configured.items() if key.startswith(prefix)}
    return parse(project, values)


def parse(project: str, values: Mapping[str, str]) -> Settings:
    """Typed settings from raw configuration values by key, structured ones as JSON. Raises SettingsError."""
    fields = {to_camel(name): field for name, field in Settings.model_fields.items()}
    decoded: dict[str, str | list[object]] = {}
    for key, value in values.items():
        if not value and key in fields and key not in MAY_BE_EMPTY:
            raise SettingsError(
                f"config {project}:{key}: must have a value, got an empty text or null; write one in "
                "Pulumi.<stack>.yaml, or remove the line where Pulumi.yaml has a default"
            )
        structured = key in fields and fields[key].annotation == list[str]
        decoded[key] = _decode_list(project, key, value) if structured else value
    try:
        return Settings.model_validate(decoded)
    except ValidationError as error:
        first = error.errors()[0]
        key = str(first["loc"][0])
        raise SettingsError(_sentence(f"{project}:{key}", first, values.get(key), list(fields))) from None


def check_namespaces(project: str, keys: Iterable[str]) -> None:
    """Refuse a key whose namespace is a slip of the project's name; the engine would ignore it in silence."""
    for key in keys:
        namespace, _, name = key.partition(":")
        if namespace != project and difflib.get_close_matches(namespace, [project], cutoff=0.8):
            raise SettingsError(f"config {key}: is in no namespace of this program; did you mean {project}:{name}?")


def check_environment(stack: str, environ: Mapping[str, str]) -> None:
    """Keep the sandbox and AWS apart: `sandbox` and `sandbox-…` need an attached provider, every other stack refuses one."""
    try:
        check_stack(stack, environ, ATTACH)
    except GuardError as error:
        raise SettingsError(str(error)) from None


def check_running(environ: Mapping[str, str]) -> None:
    """Refuse a shell that is attached to a sandbox which has stopped; the engine would wait, then name a plugin."""
    endpoint = urllib.parse.urlsplit(environ.get("AWS_ENDPOINT_URL", ""))
    if endpoint.hostname not in LOOPBACK_HOSTS:
        return
    try:
        socket.create_connection((endpoint.hostname, endpoint.port or 80), timeout=ANSWER_SECONDS).close()
    except OSError:
        raise SettingsError(
            f"the sandbox that this shell is attached to does not answer at {endpoint.netloc}; "
            "run slipway sandbox start, or open a new shell"
        ) from None


def _decode_list(project: str, key: str, value: str) -> list[object]:
    try:
        decoded: list[object] = json.loads(value)
    except json.JSONDecodeError:
        raise SettingsError(
            f"config {project}:{key}: must be a list, got {value!r}; write it as a YAML list in Pulumi.<stack>.yaml"
        ) from None
    return decoded


def _sentence(name: str, error: ErrorDetails, value: str | None, known: list[str]) -> str:
    """The refusal of a configuration key: `name` is the key with the program's namespace."""
    if error["type"] == "extra_forbidden":
        namespace, _, key = name.partition(":")
        close = difflib.get_close_matches(key, known, n=1)
        hint = f"did you mean {namespace}:{close[0]}?" if close else "the keys are listed in Pulumi.yaml"
        return f"config {name}: is not a key of this program; {hint}"
    if error["type"] == "missing":
        return f"config {name}: must be set, got nothing; add it to Pulumi.<stack>.yaml, Pulumi.yaml says what it means"
    rule = error["msg"][0].lower() + error["msg"][1:]
    return f"config {name}: {rule}, got {value!r}; see its description in Pulumi.yaml"
