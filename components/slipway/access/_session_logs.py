"""Logs of Session Manager shells: a log group, and a session document for logged shells.

Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-schema.html
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch, ssm

from slipway.common import Arguments, Context, Statement, allow

from ._ways_in import SESSION_MANAGER

IDLE_MINUTES = 20  # AWS's default; an idle session ends after it


@dataclass(frozen=True)
class SessionLogSpec:
    """Checked choices for session logs."""

    retention_days: int
    kms_key_arn: pulumi.Input[str] | None


@dataclass(frozen=True)
class SessionLogs:
    """Log group and session document."""

    group: cloudwatch.LogGroup
    document: ssm.Document

    @property
    def write_permissions(self) -> list[Statement]:
        """Statements for the instance's role; DescribeLogGroups takes no resource."""
        streams = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"]
        return [
            allow(streams, pulumi.Output.concat(self.group.arn, ":*")),
            allow(["logs:DescribeLogGroups"], "*"),
        ]


def session_log_spec(arguments: Arguments, access: Sequence[str]) -> SessionLogSpec | None:
    """Checked arguments about session logs; None without session_logs."""
    is_on = arguments.flag("session_logs")
    for key in ("session_log_retention_days", "session_log_kms_key_arn"):
        if arguments.has(key) and not is_on:
            raise arguments.error(key, "goes with session_logs, got no session_logs; set it to true")
    if not is_on:
        return None
    if SESSION_MANAGER not in access:
        rule = f"needs access {SESSION_MANAGER}, got {', '.join(access)}"
        raise arguments.error("session_logs", f"{rule}; add {SESSION_MANAGER}, or remove it")
    return SessionLogSpec(
        arguments.retention_days("session_log_retention_days"),
        arguments.arn("session_log_kms_key_arn", "kms", "a KMS key"),
    )


def session_logs(context: Context, spec: SessionLogSpec) -> SessionLogs:
    """A log group, and a document; Session Manager streams every session started with the document to the group."""
    name = f"{context.name}-sessions"
    tags = context.tagged(name)
    group = cloudwatch.LogGroup(
        name, retention_in_days=spec.retention_days, kms_key_id=spec.kms_key_arn, tags=tags, opts=context.child
    )
    content = group.name.apply(lambda group_name: session_document(context.name, group_name, spec))
    document = ssm.Document(name, document_type="Session", content=content, tags=tags, opts=context.child)
    return SessionLogs(group, document)


def session_document(bastion_name: str, group_name: str, spec: SessionLogSpec) -> str:
    """Session document as JSON. Session Manager requires every input.

    With cloudWatchEncryptionEnabled, it refuses a session whose log group has no key.
    """
    return json.dumps(
        {
            "schemaVersion": "1.0",
            "description": f"Shell on {bastion_name}, written to {group_name}",
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
    )
