"""The registry and ECR are one: what is pushed is listed, what is deleted is gone, what ECR refuses is not pushed."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.sandbox.conftest import Box
from tests.support.sandbox.registry_client import MANIFEST, ask, push


@pytest.fixture
def ecr(shared_box: Box) -> Any:
    return shared_box.client("ecr")


@pytest.fixture
def repository(ecr: Any) -> Iterator[str]:
    """A new repository; the test may delete it."""
    name = f"shop/{uuid4().hex[:8]}"
    ecr.create_repository(repositoryName=name)
    yield name
    if name in [entry["repositoryName"] for entry in ecr.describe_repositories()["repositories"]]:
        ecr.delete_repository(repositoryName=name, force=True)


def tags(box: Box, repository: str) -> list[str]:
    return sorted(json.loads(ask(box, "GET", f"/v2/{repository}/tags/list")[2]).get("tags") or [])


def test_a_pushed_image_is_described_with_digest_tags_size_and_time(shared_box: Box, ecr: Any, repository: str) -> None:
    digest = push(shared_box, repository, "1")
    push(shared_box, repository, "latest")
    listed = ecr.list_images(repositoryName=repository)["imageIds"]
    assert listed == [{"imageDigest": digest, "imageTag": "1"}, {"imageDigest": digest, "imageTag": "latest"}]
    [image] = ecr.describe_images(repositoryName=repository)["imageDetails"]
    pushed_at = image.pop("imagePushedAt")
    assert timedelta(0) <= datetime.now(UTC) - pushed_at < timedelta(minutes=10)
    assert image == {
        "registryId": "123456789012",
        "repositoryName": repository,
        "imageDigest": digest,
        "imageTags": ["1", "latest"],
        "imageSizeInBytes": 2,
        "imageManifestMediaType": MANIFEST,
    }


def test_an_image_whose_tag_has_moved_stays_without_one(shared_box: Box, ecr: Any, repository: str) -> None:
    first = push(shared_box, repository, "latest")
    second = push(shared_box, repository, "latest", b'{"a": 1}')
    for status, digest in (("TAGGED", second), ("UNTAGGED", first)):
        [image] = ecr.list_images(repositoryName=repository, filter={"tagStatus": status})["imageIds"]
        assert image["imageDigest"] == digest
    gone = ecr.batch_delete_image(repositoryName=repository, imageIds=[{"imageDigest": first}])
    assert (gone["imageIds"], gone["failures"]) == ([{"imageDigest": first}], [])
    assert ask(shared_box, "HEAD", f"/v2/{repository}/manifests/{first}", Accept=MANIFEST)[0] == 404


def test_deleting_a_tag_leaves_the_image_until_its_last_one(shared_box: Box, ecr: Any, repository: str) -> None:
    digest = push(shared_box, repository, "1")
    push(shared_box, repository, "2")
    gone = ecr.batch_delete_image(repositoryName=repository, imageIds=[{"imageTag": "1"}])
    assert gone["imageIds"] == [{"imageDigest": digest, "imageTag": "1"}]
    assert tags(shared_box, repository) == ["2"]
    ecr.batch_delete_image(repositoryName=repository, imageIds=[{"imageTag": "2"}])
    assert ask(shared_box, "HEAD", f"/v2/{repository}/manifests/{digest}", Accept=MANIFEST)[0] == 404
    assert ecr.describe_images(repositoryName=repository)["imageDetails"] == []


def test_an_image_put_under_another_tag_can_be_pulled(shared_box: Box, ecr: Any, repository: str) -> None:
    digest = push(shared_box, repository, "1")
    [image] = ecr.batch_get_image(repositoryName=repository, imageIds=[{"imageTag": "1"}])["images"]
    put = ecr.put_image(repositoryName=repository, imageManifest=image["imageManifest"], imageTag="stable")
    assert put["image"]["imageId"] == {"imageDigest": digest, "imageTag": "stable"}
    _, headers, _ = ask(shared_box, "HEAD", f"/v2/{repository}/manifests/stable", Accept=MANIFEST)
    assert headers["Docker-Content-Digest"] == digest


def test_a_manifest_without_its_layers_is_refused(shared_box: Box, ecr: Any, repository: str) -> None:
    digest = f"sha256:{hashlib.sha256(b'nowhere').hexdigest()}"
    blob = {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 7, "digest": digest}
    manifest = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "config": blob, "layers": [blob]})
    with pytest.raises(ecr.exceptions.LayersNotFoundException):
        ecr.put_image(repositoryName=repository, imageManifest=manifest, imageTag="1")
    assert ecr.list_images(repositoryName=repository)["imageIds"] == []


def test_a_push_to_a_repository_that_is_not_there_is_refused(shared_box: Box) -> None:
    status, _, body = ask(shared_box, "POST", "/v2/no/where/blobs/uploads/")
    message = "The repository with name 'no/where' does not exist in the registry with id '123456789012'"
    assert (status, json.loads(body)) == (404, {"errors": [{"code": "NAME_UNKNOWN", "message": message}]})


@pytest.mark.parametrize(
    ("mutability", "excluded", "refused"),
    [
        ("MUTABLE", None, []),
        ("IMMUTABLE", None, ["1", "dev-1"]),
        ("IMMUTABLE_WITH_EXCLUSION", "dev-*", ["1"]),
        ("MUTABLE_WITH_EXCLUSION", "dev-*", ["dev-1"]),
    ],
)
def test_an_immutable_tag_is_not_pushed_again(
    shared_box: Box, ecr: Any, repository: str, mutability: str, excluded: str | None, refused: list[str]
) -> None:
    filters = [{"filterType": "WILDCARD", "filter": excluded}] if excluded else []
    more = {"imageTagMutabilityExclusionFilters": filters} if filters else {}
    ecr.put_image_tag_mutability(repositoryName=repository, imageTagMutability=mutability, **more)
    answers = {}
    for tag in ("1", "dev-1"):
        push(shared_box, repository, tag)
        manifest = ask(shared_box, "GET", f"/v2/{repository}/manifests/{tag}", Accept=MANIFEST)[2]
        path = f"/v2/{repository}/manifests/{tag}"
        status, _, body = ask(shared_box, "PUT", path, manifest, Content_Type=MANIFEST)
        if status != 201:
            answers[tag] = json.loads(body)["errors"]
    assert answers == {
        tag: [
            {
                "code": "TAG_INVALID",
                "message": f"The image tag '{tag}' already exists in the '{repository}' repository and cannot be "
                "overwritten because the tag is immutable.",
            }
        ]
        for tag in refused
    }


def test_a_repository_goes_with_its_images_by_force_only(shared_box: Box, ecr: Any, repository: str) -> None:
    push(shared_box, repository, "1")
    ecr.create_repository(repositoryName=f"{repository}/below")
    below = push(shared_box, f"{repository}/below", "1", b'{"b": 1}')
    with pytest.raises(ecr.exceptions.RepositoryNotEmptyException):
        ecr.delete_repository(repositoryName=repository)
    ecr.delete_repository(repositoryName=repository, force=True)
    ecr.create_repository(repositoryName=repository)
    assert ecr.list_images(repositoryName=repository)["imageIds"] == []
    [image] = ecr.list_images(repositoryName=f"{repository}/below")["imageIds"]
    assert image == {"imageDigest": below, "imageTag": "1"}
    ecr.delete_repository(repositoryName=f"{repository}/below", force=True)


def test_docker_reaches_the_repository_by_its_uri_with_a_fresh_token(
    shared_box: Box, ecr: Any, repository: str
) -> None:
    registry = f"localhost:{shared_box.status()['ports']['registry']}"
    [entry] = ecr.describe_repositories(repositoryNames=[repository])["repositories"]
    assert entry["repositoryUri"] == f"{registry}/{repository}"
    [token] = ecr.get_authorization_token()["authorizationData"]
    assert token["proxyEndpoint"] == f"http://{registry}"
    assert timedelta(hours=11) < token["expiresAt"] - datetime.now(UTC) <= timedelta(hours=12)
