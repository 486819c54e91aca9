"""Regions and models of services, and offerings of instance types, in a process of its own, because the change stays in a process."""

import hashlib
import json
import subprocess
import sys

import botocore.session
from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS

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


def test_sessions_answer_as_before_and_no_model_is_read_for_it() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {"same": True, "some": True, "models": []}


LATE = """
import hashlib
import json

from slipway_sandbox.process.read_once import read_late

read_late()
from moto.ec2.models import ec2_backends
import botocore.session
from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS
from slipway_sandbox.process.read_once import _offerings

read = [_offerings.cache_info().currsize]
backend = ec2_backends["123456789012"]["eu-west-1"]
found = len(backend.describe_instance_type_offerings("availability-zone", {"instance-type": ["t3.micro"]}))
read.append(_offerings.cache_info().currsize)
nowhere = INSTANCE_TYPE_OFFERINGS["region"].get("xx-1")
rows = {kind: dict(regions) for kind, regions in INSTANCE_TYPE_OFFERINGS.items()}
digest = hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()
print(json.dumps({"read": read, "zones": found, "rows": digest, "nowhere": nowhere}))
"""


def test_offerings_are_those_of_moto_and_a_region_is_read_when_it_is_asked_for() -> None:
    done = subprocess.run([sys.executable, "-c", LATE], capture_output=True, text=True, check=True)
    rows = hashlib.sha256(json.dumps(INSTANCE_TYPE_OFFERINGS, sort_keys=True).encode()).hexdigest()
    assert json.loads(done.stdout) == {"read": [0, 1], "zones": 3, "rows": rows, "nowhere": None}


MODELS = """
import json

import botocore.session
from botocore.loaders import JSONFileLoader, Loader

from slipway_sandbox.process.read_once import read_late, read_once


def documented(value):
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return int(isinstance(value, dict) and isinstance(value.get("documentation"), str)) + sum(map(documented, inner))


plain = {name: Loader().load_service_model(name, "service-2") for name in ("ecs", "sqs")}
read_once()
read_late()
from moto.core.utils import get_service_model

ours = {name: [botocore.session.Session().get_service_data(name) for _ in range(2)] for name in plain}
moto = {name: get_service_model(name)._service_description for name in plain}
print(
    json.dumps(
        {
            "documented": [documented(plain["ecs"]) > 1000, documented(ours["ecs"][0])],
            "operations": all(each[0]["operations"].keys() == plain[name]["operations"].keys() for name, each in ours.items()),
            "one object": {name: each[0]["shapes"] is each[1]["shapes"] for name, each in ours.items()},
            "moto's, too": {name: each[0]["shapes"] is moto[name]["shapes"] for name, each in ours.items()},
        }
    )
)
"""


def test_a_model_is_one_object_for_all_without_documentation_but_where_moto_changes_it() -> None:
    done = subprocess.run([sys.executable, "-c", MODELS], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {
        "documented": [True, 0],
        "operations": True,
        "one object": {"ecs": True, "sqs": True},
        "moto's, too": {"ecs": True, "sqs": False},
    }


CONTEXT = """
import json

import botocore.session

from slipway_sandbox.process.read_once import read_once

read_once()
service = botocore.session.Session().get_service_model("s3")
print(json.dumps([[it.name, it.type, it.documentation] for it in service.client_context_parameters]))
"""


def test_what_botocore_reads_of_a_models_documentation_is_there() -> None:
    done = subprocess.run([sys.executable, "-c", CONTEXT], capture_output=True, text=True, check=True)
    plain = botocore.session.Session().get_service_model("s3").client_context_parameters
    assert json.loads(done.stdout) == [[it.name, it.type, it.documentation] for it in plain]
    assert plain


SHAPES = """
import json

import botocore.session

from slipway_sandbox.process.read_once import read_once

read_once()
found = {}
for name in ("s3", "eks", "secretsmanager", "sqs"):
    model = botocore.session.Session().get_service_model(name)
    found[name] = {shape: model.shape_for(shape).type_name for shape in model.shape_names}
print(json.dumps(found))
"""


def test_what_botocore_merges_into_a_model_changes_no_other_shape() -> None:
    done = subprocess.run([sys.executable, "-c", SHAPES], capture_output=True, text=True, check=True)
    for name, types in json.loads(done.stdout).items():
        model = botocore.session.Session().get_service_model(name)
        assert types == {shape: model.shape_for(shape).type_name for shape in model.shape_names}, name
