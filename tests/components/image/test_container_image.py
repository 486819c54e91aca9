"""ContainerImage: one build per content, an immutable tag, and a digest to run."""

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import pulumi
import pytest

from slipway.image.container_image import by_digest
from tests.support.components.mocks import ACCOUNT, ANSWERS, REGION, Answer, Built, Resource, build
from tests.support.components.samples import COMPONENTS, CONTEXT, RICHEST, SECRET_CONTEXT
from tests.support.components.service_samples import IMAGE, KEY

ContainerImage = COMPONENTS["ContainerImage"]
RELATIVE = os.path.relpath(CONTEXT)
HOST = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"


def image(args: Mapping[str, object]) -> Built:
    return build(lambda: ContainerImage("app", {"context": str(CONTEXT), **args}))


def tag(built: Built) -> str:
    return str(build_of(built).inputs["imageName"].rsplit(":", maxsplit=1)[1])


def build_of(built: Built) -> Resource:
    (build_resource,) = built.of_type("image:Image")
    assert build_resource.name.startswith("app-")
    return build_resource


def test_a_default_image_is_built_for_x86_and_pushed_with_a_token() -> None:
    built = image({})
    inputs = dict(build_of(built).inputs)
    assert pulumi.runtime.rpc.is_rpc_secret(inputs["registry"]), "a token is kept encrypted in state"
    repository = f"{HOST}/app"
    assert inputs.pop("imageName").startswith(f"{repository}:release-")
    login = pulumi.runtime.rpc.unwrap_rpc_secret(inputs.pop("registry"))
    assert login == {
        "server": HOST,
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
    assert [rule["selection"] for rule in policy["rules"]] == [
        {"tagStatus": "tagged", "tagPrefixList": [tag(built)], "countType": "imageCountMoreThan", "countNumber": 1},
        {"tagStatus": "tagged", "tagPrefixList": ["keep-"], "countType": "imageCountMoreThan", "countNumber": 9999},
        {"tagStatus": "tagged", "tagPrefixList": ["release-"], "countType": "imageCountMoreThan", "countNumber": 20},
        {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 14},
    ]
    assert len(built.resources) == 4


def test_everything_that_goes_into_a_build_goes_into_its_tag() -> None:
    arguments: dict[str, object] = {"build_args": {"BASE_IMAGE": "other"}}
    variants: list[dict[str, object]] = [{}, {"target": "run"}, {"architecture": "arm64"}, arguments]
    assert len({tag(image(variant)) for variant in variants}) == 4
    assert tag(image({})) == tag(image({"keep_releases": 5, "tags": {"team": "shop"}})), "nothing to build anew"


def test_a_rich_image_passes_everything_on() -> None:
    built = build(lambda: ContainerImage("app", RICHEST["ContainerImage"]))
    assert build_of(built).inputs["build"] == {
        "args": {"BASE_IMAGE": "scratch", "BUILDKIT_INLINE_CACHE": "1"},
        "cacheFrom": {"images": ["ghcr.io/shop/app:main"]},
        "context": RELATIVE,
        "dockerfile": f"{RELATIVE}/Dockerfile",
        "platform": "linux/arm64",
        "target": "run",
    }
    repository = built.one("repository:Repository", "app").inputs
    assert repository["forceDelete"] is True
    assert repository["encryptionConfigurations"] == [{"encryptionType": "KMS", "kmsKey": KEY}]
    assert json.loads(built.one("RepositoryPolicy", "app").inputs["policy"])["Statement"] == [
        {
            "Sid": "AllowPull",
            "Effect": "Allow",
            "Principal": {"AWS": ["arn:aws:iam::210987654321:root"]},
            "Action": ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        }
    ]
    assert built.one("Stash", "app-scan").inputs["input"] == {
        "image": f"{HOST}/app@sha256:{'a' * 64}",
        "severities": ["CRITICAL", "HIGH"],
        "accepted": ["CVE-2023-4911"],
        "role_arn": "arn:aws:iam::123456789012:role/scan-reader",
    }


def taken(*tags: str) -> dict[str, Answer]:
    """Answers of a registry that has an image under these tags."""
    ids = [{"imageTag": name, "imageDigest": f"sha256:{'b' * 64}"} for name in tags]
    return {**ANSWERS, "aws:ecr/getImages:getImages": {"imageIds": ids}}


def test_a_tag_that_is_taken_is_used_as_it_is_and_pushed_by_nobody() -> None:
    free = image({})
    answers = taken("release-other", tag(free))
    built = build(lambda: ContainerImage("app", {"context": str(CONTEXT)}), answers)
    assert build_of(built).inputs["skipPush"] is True
    assert built.component_outputs("ContainerImage")["imageUri"] == f"{HOST}/app@sha256:{'b' * 64}"
    assert build_of(built).name == build_of(free).name
    assert build_of(free).ignore_changes == ["skipPush"], "the second run finds its own image under the tag"
    other = build(lambda: ContainerImage("app", {"context": str(CONTEXT)}), taken("release-other"))
    assert build_of(other).inputs["skipPush"] is False


def test_a_clone_under_another_umask_builds_again_under_the_tag_it_finds(tmp_path: Path) -> None:
    def cloned(mode: int) -> Built:
        copied = tmp_path / "clone"
        shutil.copytree(CONTEXT, copied)
        for path in copied.iterdir():
            path.chmod(mode)
        try:
            return build(lambda: ContainerImage("app", {"context": str(copied)}))
        finally:
            shutil.rmtree(copied)

    strict, loose = cloned(0o644), cloned(0o664)
    assert tag(strict) == tag(loose)
    assert build_of(strict).name != build_of(loose).name, "an update would push, and the tag is taken"
    assert build_of(cloned(0o644)).name == build_of(strict).name


def test_a_folder_that_moves_is_the_same_release(tmp_path: Path) -> None:
    shutil.copytree(CONTEXT, tmp_path / "moved")
    moved = build(lambda: ContainerImage("app", {"context": str(tmp_path / "moved")}))
    assert tag(moved) == tag(image({}))
    assert build_of(moved).name != build_of(image({})).name, "the docker provider compares paths"


def test_another_cache_is_no_other_release_and_changes_no_build_in_place() -> None:
    cached = image({"cache_from": ["ghcr.io/shop/app:main"]})
    assert tag(cached) == tag(image({}))
    assert build_of(cached).ignore_changes == ["skipPush", "build.cacheFrom"]
    assert build_of(cached).name != build_of(image({})).name


def test_a_repository_of_somebody_else_is_looked_up_where_its_url_says() -> None:
    url = "210987654321.dkr.ecr.us-west-2.amazonaws.com/shop/app"
    built = image({"repository_url": url})
    assert built.counts() == {"docker:index/image:Image": 1}
    where = {"registryId": "210987654321", "region": "us-west-2"}
    arguments = {call.token.rpartition(":")[2]: call.args for call in built.calls}
    assert arguments == {
        "getRepository": {"name": "shop/app", **where},
        "getImages": {"repositoryName": "shop/app", **where},
        "getAuthorizationToken": where,
    }
    local = image({"repository_url": "localhost:5000/app"})
    assert {call.token.rpartition(":")[2]: call.args for call in local.calls}["getRepository"] == {"name": "app"}


def test_an_image_that_is_there_already_has_the_same_outputs_and_makes_nothing() -> None:
    built = build(lambda: ContainerImage("app", {"image_uri": IMAGE, "architecture": "arm64"}))
    assert [resource.type for resource in built.resources] == ["slipway:index:ContainerImage"]
    assert built.component_outputs("ContainerImage") == {
        "imageUri": IMAGE,
        "repositoryUrl": IMAGE.partition("@")[0],
        "architecture": "arm64",
    }
    assert built.calls == []


def secret_image(secrets: dict[str, object]) -> Built:
    context = os.path.relpath(SECRET_CONTEXT)
    args = {"context": context, "push_dockerfile": f"{context}/push/Dockerfile", "build_secrets": secrets}
    return build(lambda: ContainerImage("app", args))


def test_secrets_reach_the_builder_by_place_and_a_second_build_pushes_the_image() -> None:
    built = secret_image({"pip": {"file": "pip.conf"}, "npm": {"env": "NPM_TOKEN"}})
    context = os.path.relpath(SECRET_CONTEXT)
    pushed, secret_build = build_of(built), built.of_type("RemoteImage")[0]
    assert secret_build.name == f"app-build-{pushed.name.removeprefix('app-')}"
    local = f"{HOST}/app:build-{tag(built)}"
    assert secret_build.inputs == {
        "name": local,
        "build": {
            "context": context,
            "dockerfile": f"{context}/Dockerfile",
            "platform": "linux/amd64",
            "buildArgs": {},
            "secrets": [{"id": "npm", "env": "NPM_TOKEN"}, {"id": "pip", "src": "pip.conf"}],
        },
    }
    assert pushed.inputs["build"] == {
        "context": f"{context}/push",
        "dockerfile": f"{context}/push/Dockerfile",
        "platform": "linux/amd64",
        "args": {"IMAGE": local},
    }
    assert "RemoteImage app-build-" in " ".join(pushed.depends_on)
    elsewhere = secret_image({"pip": {"env": "PIP_CONF"}, "npm": {"env": "OTHER"}})
    assert tag(elsewhere) == tag(built), "where a secret comes from is no other release"


def test_an_image_whose_tag_was_taken_and_is_gone_names_the_way_out() -> None:
    assert by_digest("r/app", "", "r/app@sha256:1", "urn") == "r/app@sha256:1"
    with pytest.raises(pulumi.RunError) as caught:
        by_digest("r/app", "", "sha256:1", "urn:app")
    assert str(caught.value) == "r/app no longer has the image of this release; run `pulumi up --replace 'urn:app'`"


def test_files_for_their_owner_alone_are_told_before_the_build(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    context = tmp_path / "app"
    shutil.copytree(CONTEXT, context)
    for name in ("a.py", "b.py", "c.py", "d.py"):
        (context / name).write_text("")
        (context / name).chmod(0o600)
    where = os.path.relpath(context)
    image({"context": str(context)})
    assert [record.message for record in caplog.records if record.levelname == "WARNING"] == [
        f"ContainerImage 'app': a.py, b.py, c.py and 1 more in {where} are readable by the owner alone, and a task whose user "
        f"is not root ends with PermissionError; run `chmod -R a+rX {where}`, or write RUN chmod after COPY in the Dockerfile"
    ]
    with (context / "Dockerfile").open("a") as dockerfile:
        dockerfile.write("RUN chmod -R a+rX /srv\n")
    caplog.clear()
    image({"context": str(context)})
    assert [record.message for record in caplog.records if record.levelname == "WARNING"] == []


def test_an_inline_program_whose_folder_cannot_be_told_has_absolute_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    def program() -> object:
        monkeypatch.setattr(pulumi.runtime.settings.SETTINGS, "root_directory", None)
        return ContainerImage("app", {"context": str(CONTEXT)})

    inputs = build_of(build(program)).inputs["build"]
    assert (inputs["context"], inputs["dockerfile"]) == (str(CONTEXT), f"{CONTEXT}/Dockerfile")


def test_an_absolute_path_is_recorded_from_the_programs_folder() -> None:
    args = {"context": str(CONTEXT), "dockerfile": str(CONTEXT / "Dockerfile")}
    recorded = build(lambda: ContainerImage("app", args)).find("slipway:index:ContainerImage", "app").inputs
    where = os.path.relpath(CONTEXT)
    assert (recorded["context"], recorded["dockerfile"]) == (where, f"{where}/Dockerfile"), (
        "it is the same in every checkout"
    )
