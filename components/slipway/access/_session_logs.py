"""What is typed in shells of Session Manager, written to a log group; sessions are started with a document that says so.

Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-schema.html
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import cloudwatch, ssm

from slipway.common import ArgumentError, Statement, Tags, allow, given, named, retention_days

from ._ways_in import SESSION_MANAGER

IDLE_MINUTES = 20  # after which a session ends; AWS's default


@dataclass(frozen=True)
class LogSpec:
    """How long session logs are kept, and the key they are encrypted with."""

    days: int
    kms_key_arn: pulumi.Input[str] | None


@dataclass(frozen=True)
class SessionLogs:
    """The log group and the document that leads to it."""

    group: cloudwatch.LogGroup
    document: ssm.Document

    @property
    def may_write(self) -> list[Statement]:
        """What the instance's role needs; which groups there are is asked of all."""
        streams = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"]
        return [
            allow(streams, pulumi.Output.concat(self.group.arn, ":*")),
            allow(["logs:DescribeLogGroups"], "*"),
        ]


def log_spec(who: str, args: Mapping[str, Any], access: Sequence[str]) -> LogSpec | None:
    """Arguments about session logs to their meaning; None without."""
    wanted = given(args.get("session_logs"), False)
    for argument in ("session_log_retention_days", "session_log_kms_key_arn"):
        if args.get(argument) is not None and not wanted:
            raise ArgumentError(f"{who}: {argument} goes with session_logs, got no session_logs; set it to true")
    if wanted and SESSION_MANAGER not in access:
        fix = f"add {SESSION_MANAGER}, or remove it"
        raise ArgumentError(f"{who}: session_logs needs access {SESSION_MANAGER}, got {', '.join(access)}; {fix}")
    if not wanted:
        return None
    days = retention_days(who, "session_log_retention_days", args.get("session_log_retention_days"))
    return LogSpec(days, args.get("session_log_kms_key_arn"))


def session_logs(name: str, spec: LogSpec, tags: Tags | None, child: pulumi.ResourceOptions) -> SessionLogs:
    """A log group, and a document that has every session started with it written there as it goes."""
    full = f"{name}-sessions"
    group = cloudwatch.LogGroup(
        full, retention_in_days=spec.days, kms_key_id=spec.kms_key_arn, tags=named(full, tags), opts=child
    )
    content = group.name.apply(lambda group_name: json.dumps(preferences(name, group_name, spec)))
    document = ssm.Document(full, document_type="Session", content=content, tags=named(full, tags), opts=child)
    return SessionLogs(group, document)


def preferences(name: str, group_name: str, spec: LogSpec) -> dict[str, Any]:
    """The document; Session Manager refuses one that lacks an input, and a session whose group is not encrypted as said."""
    return {
        "schemaVersion": "1.0",
        "description": f"Shell on {name}, written to {group_name}",
        "sessionType": "Standard_Stream",
        "inputs": {
            "s3BucketName": "",
            "s3KeyPrefix": "",
            "s3EncryptionEnabled": False,
            "cloudWatchLogGroupName": group_name,
            "cloudWatchEncryptionEnabled": spec.kms_key_arn is not None,
            "cloudWatchStreamingEnabled": True,
            "kmsKeyId": "",
            "runAsEnabled": False,
            "runAsDefaultUser": "",
            "idleSessionTimeout": str(IDLE_MINUTES),
            "maxSessionDuration": "",
            "shellProfile": {"linux": ""},
        },
    }
