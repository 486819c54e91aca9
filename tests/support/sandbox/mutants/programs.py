"""Programs whose policies are mutated: the reference platform, the examples, and one in which everything is encrypted."""

import json
import runpy
from collections.abc import Callable, Mapping
from pathlib import Path

import pulumi
import yaml

from slipway import Cluster, FanOut, FargateService, Network, QueueWorker
from tests.support.components.mocks import ACCOUNT, REGION

ROOT = Path(__file__).parents[4]
IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/shop@sha256:{'a' * 64}"


def program(name: str, stored: Mapping[str, str]) -> Callable[[], object]:
    """What to run under mocks; `stored` are the ARNs of a secret, a parameter and their key."""
    if name == "encrypted":
        return lambda: encrypted(stored)
    file = ROOT / "__main__.py" if name == "platform" else ROOT / "examples" / name / "__main__.py"
    pulumi.runtime.set_all_config(_config(file.parent, name))
    return lambda: runpy.run_path(str(file)) and None


def _config(folder: Path, name: str) -> dict[str, str]:
    """The program's configuration as the engine writes it: of stack `prod` for the platform, the defaults for an example."""
    declared = yaml.safe_load((folder / "Pulumi.yaml").read_text()).get("config", {})
    values = {key: entry["default"] for key, entry in declared.items() if "default" in entry}
    if name == "platform":
        written = yaml.safe_load((folder / "Pulumi.prod.yaml").read_text())["config"]
        values |= {key.removeprefix("slipway:"): value for key, value in written.items() if key.startswith("slipway:")}
    return {f"project:{key}": value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}


def encrypted(stored: Mapping[str, str]) -> None:
    """A publisher with secrets and a worker, with keys of the customer for messages and secrets."""
    network = Network("main", {"nat": "none", "endpoints_for": ["FargateService", "QueueWorker"]})
    cluster = Cluster("main", {})
    orders = FanOut("orders", {"queues": {"billing": {}}, "create_kms_key": True})
    key = orders.kms_key_arn.apply(str)
    FargateService(
        "api",
        {
            "cluster_arn": cluster.cluster_arn,
            "vpc_id": network.vpc_id,
            "subnet_ids": network.private_subnet_ids,
            "image": IMAGE,
            "environment": {"TOPIC_ARN": orders.topic_arn},
            "secrets": {"PASSWORD": stored["secret"], "TOKEN": stored["parameter"]},
            "secrets_kms_key_arns": [stored["key"]],
            "permissions": [
                {"actions": ["sns:Publish"], "resources": [orders.topic_arn]},
                {"actions": ["kms:Decrypt", "kms:GenerateDataKey"], "resources": [key]},
            ],
        },
    )
    QueueWorker(
        "billing",
        {
            "cluster_arn": cluster.cluster_arn,
            "vpc_id": network.vpc_id,
            "subnet_ids": network.private_subnet_ids,
            "image": IMAGE,
            "queues": {
                "orders": {
                    "queue_arn": orders.queue_arns["billing"],
                    "queue_url": orders.queue_urls["billing"],
                    "dead_letter_queue_url": orders.dead_letter_queue_urls["billing"],
                    "kms_key_arn": key,
                }
            },
        },
    )
