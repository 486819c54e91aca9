"""ContainerImage: one build per content, an immutable tag, and a digest to run."""

import json
import os
from pathlib import Path
from typing import Any

import pulumi
import pytest

from slipway import ArgumentError
from tests.unit.samples import COMPONENTS, CONTEXT, RICHEST
from tests.unit.support import Built, build

ContainerImage = COMPONENTS["ContainerImage"]
RELATIVE = os.path.relpath(CONTEXT)


def image(args: dict[str, Any]) -> Built:
    return build(lambda: ContainerImage("app", {"context": str(CONTEXT)} | args))


def tag(built: Built) -> str:
    return str(built.one("image:Image", "app").inputs["imageName"].rsplit(":", maxsplit=1)[1])


def test_a_default_image_is_built_for_x86_and_pushed_with_a_token() -> None:
    built = image({})
    inputs = dict(built.one("image:Image", "app").inputs)
    assert pulumi.runtime.rpc.is_rpc_secret(inputs["registry"]), "a token is kept encrypted in state"
    repository = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app"
    assert inputs.pop("imageName").startswith(f"{repository}:release-")
    login = pulumi.runtime.rpc.unwrap_rpc_secret(inputs.pop("registry"))
    assert login == {
        "server": "123456789012.dkr.ecr.eu-west-1.amazonaws.com",
        "username": "AWS",
        "password": "token",
    }
    assert inputs == {
        "build": {
            "args": {},
            "context": RELATIVE,
            "dockerfile": f"{RELATIVE}/Dockerfile",
            "platform": "linux/amd64",
        },
        "buildOnPreview": False,
        "skipPush": False,
    }
    outputs = built.component_outputs("ContainerImage")
    assert outputs["imageUri"] == f"{repository}@sha256:{'a' * 64}"
    assert outputs["architecture"] == "x86_64"


def test_the_repository_keeps_what_was_pushed_as_it_was() -> None:
    built = image({})
    assert built.one("repository:Repository", "app").inputs == {
        "imageTagMutability": "IMMUTABLE",
        "imageScanningConfiguration": {"scanOnPush": True},
        "encryptionConfigurations": [{"encryptionType": "KMS"}],
        "forceDelete": False,
        "tags": {"Name": "app"},
    }
    policy = json.loads(built.one("lifecyclePolicy:LifecyclePolicy", "app").inputs["policy"])
    assert [it["selection"] for it in policy["rules"]] == [
        {"tagStatus": "tagged", "tagPrefixList": ["release-"], "countType": "imageCountMoreThan", "countNumber": 20},
        {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 14},
    ]
    assert len(built.resources) == 4


def test_everything_that_goes_into_a_build_goes_into_its_tag() -> None:
    arguments = {"build_args": {"BASE_IMAGE": "other"}}
    variants: list[dict[str, Any]] = [{}, {"target": "run"}, {"architecture": "arm64"}, arguments]
    assert len({tag(image(it)) for it in variants}) == 4
    assert tag(image({})) == tag(image({"keep_releases": 5, "tags": {"team": "shop"}})), "nothing to build anew"


def test_a_rich_image_passes_everything_on() -> None:
    built = build(lambda: ContainerImage("app", RICHEST["ContainerImage"]))
    assert built.one("image:Image", "app").inputs["build"] == {
        "args": {"BASE_IMAGE": "scratch"},
        "context": RELATIVE,
        "dockerfile": f"{RELATIVE}/Dockerfile",
        "platform": "linux/arm64",
        "target": "run",
    }
    assert built.one("repository:Repository", "app").inputs["forceDelete"] is True


WRONG: list[tuple[dict[str, Any], str]] = [
    (
        {"context": "nowhere"},
        "context must be an existing folder, got 'nowhere'; paths are relative to the program's folder",
    ),
    (
        {"dockerfile": "nowhere/Dockerfile"},
        "dockerfile must be an existing file, got 'nowhere/Dockerfile'; create nowhere/Dockerfile",
    ),
    (
        {"dockerfile": "hello.txt"},
        f"dockerfile must be an existing file, got 'hello.txt'; "
        f"paths are relative to the program's folder, write {RELATIVE}/hello.txt",
    ),
    ({"architecture": "amd64"}, "architecture must be one of x86_64, arm64, got 'amd64'"),
    ({"keep_releases": 1}, "keep_releases must be a whole number 2-1000, got 1"),
    ({"build_args": {"A": 3}}, "build_args.A must be a string, got 3"),
    ({"docker_file": "x"}, "docker_file is not an argument; did you mean dockerfile?"),
]


@pytest.mark.parametrize(("args", "sentence"), WRONG)
def test_an_image_that_cannot_be_built_is_refused(args: dict[str, Any], sentence: str) -> None:
    def construct() -> None:
        with pytest.raises(ArgumentError) as caught:
            ContainerImage("app", {"context": str(CONTEXT)} | args)
        assert str(caught.value) == f"ContainerImage 'app': {sentence}"

    assert build(construct).resources == []


def test_a_folder_without_a_dockerfile_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app").mkdir()
    with pytest.raises(ArgumentError) as caught:
        ContainerImage("app", {"context": "app"})
    rule = "dockerfile must be an existing file, got 'app/Dockerfile'; create app/Dockerfile"
    assert str(caught.value) == f"ContainerImage 'app': {rule}"


@pytest.mark.parametrize("name", ["App", "my app", "1app", "a_b", "é"])
def test_a_name_that_no_repository_may_have_is_refused(name: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        ContainerImage(name, {"context": str(CONTEXT)})
    rule = "the name must be lower-case letters, digits and hyphens and start with a letter"
    assert str(caught.value) == f"ContainerImage {name!r}: {rule}, got {name!r}"
