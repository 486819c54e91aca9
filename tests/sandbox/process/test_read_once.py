"""Regions of services, in a process of its own, because the change stays in a process."""

import json
import subprocess
import sys

SCRIPT = """
import json

import boto3
from botocore.loaders import JSONFileLoader

from slipway_sandbox.process.read_once import read_once

ASKED = [("ec2", "aws"), ("ec2", "aws-cn"), ("ec2", "aws-us-gov"), ("sqs", "aws"), ("iam", "aws")]
before = [boto3.Session().get_available_regions(name, partition_name=it) for name, it in ASKED]
read, files = JSONFileLoader.load_file, []
JSONFileLoader.load_file = lambda loader, path: files.append(path) or read(loader, path)
read_once()
after = [boto3.Session().get_available_regions(name, partition_name=it) for name, it in ASKED * 2]
models = sorted(path.split("/")[-3] for path in files if path.endswith("service-2"))
print(json.dumps({"same": after == before * 2, "some": all(before[:4]), "models": models}))
"""


def test_sessions_answer_as_before_and_a_model_is_read_once() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {"same": True, "some": True, "models": ["ec2", "iam", "sqs"]}
