"""RemoteImage in the sandbox: built by BuildKit with secrets, refused where the sandbox would have to pull."""

import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import docker
import pytest

from slipway_sandbox.provider.docker_images import remote_image
from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.errors import ProviderError

PLATFORM = "linux/amd64"
BUILD = {"context": "app"}
DOCKERFILE = """
FROM slipway-sandbox/python:3.12 AS first
ARG WHO
RUN --mount=type=secret,id=env,required=true --mount=type=secret,id=file,required=true \\
    cat /run/secrets/env /run/secrets/file && echo $WHO >/who && test "$WHO" != nobody
FROM first
RUN false
"""


def check(**news: Any) -> list[tuple[str, str]]:
    return remote_image.check({"name": "app:1", "build": BUILD} | news, PLATFORM)[1]


def test_the_dockerfile_is_filled_in_as_the_real_provider_does() -> None:
    inputs, failures = remote_image.check({"name": "app:1", "build": BUILD}, PLATFORM)
    assert (inputs["build"], failures) == ({"context": "app", "dockerfile": "Dockerfile"}, [])


def test_a_secret_in_the_build_stays_secret_in_inputs_and_outputs() -> None:
    token: dict[str, Any] = {"buildArgs": {"TOKEN": wire.Secret("hush")}}
    whole = wire.Secret(BUILD)
    inputs = remote_image.check({"name": "app:1", "build": {**BUILD, **token}}, PLATFORM)[0]
    assert inputs["build"] == {**BUILD, **token, "dockerfile": "Dockerfile"}
    assert remote_image.outputs(inputs, "sha256:1")["build"] == inputs["build"]
    inputs = remote_image.check({"name": "app:1", "build": whole}, PLATFORM)[0]
    assert inputs["build"] == wire.Secret(BUILD | {"dockerfile": "Dockerfile"})


REFUSED: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"name": 3}, ("name", "must be a string, got 3")),
    ({"build": {}}, ("build.context", "missing required property 'context'")),
    (
        {"build": BUILD | {"cacheTos": ["x"]}},
        (
            "build.cacheTos",
            "unknown property 'cacheTos'; there are buildArgs, context, dockerfile, platform, secrets, target",
        ),
    ),
    ({"build": BUILD | {"secrets": [{"env": "A"}]}}, ("build.secrets[0].id", "missing required property 'id'")),
    (
        {"build": BUILD | {"platform": "linux/arm64"}},
        (
            "build.platform",
            "the Docker daemon here builds and runs linux/amd64, got 'linux/arm64'; set linux/amd64 in the sandbox's stack",
        ),
    ),
]


@pytest.mark.parametrize(("news", "failure"), REFUSED)
def test_what_the_sandbox_does_not_do_is_refused(news: dict[str, Any], failure: tuple[str, str]) -> None:
    assert check(**news) == [failure]


def test_an_image_that_would_be_pulled_is_refused() -> None:
    assert remote_image.check({"name": "app:1"}, PLATFORM)[1] == [
        ("build", "the sandbox pulls no images; build one, or bring it with `docker load`")
    ]


def test_every_change_replaces_the_image_but_what_steers_its_removal() -> None:
    old: wire.Properties = {"name": "app:1", "build": BUILD | {"secrets": [{"id": "a", "env": "A"}]}}
    new: wire.Properties = {"name": "app:2", "build": BUILD | {"target": "run"}, "keepLocally": True}
    assert remote_image.replaced(old, new) == {
        "build.secrets": "delete_replace",
        "build.target": "add_replace",
        "keepLocally": "add",
        "name": "update_replace",
    }


def test_what_a_build_will_be_called_is_not_known_before() -> None:
    assert remote_image.outputs({"name": "app:1"}) == {
        "name": "app:1",
        "imageId": wire.UNKNOWN,
        "repoDigest": wire.UNKNOWN,
    }


@pytest.fixture
def client() -> Iterator[docker.DockerClient]:
    with closing(docker.from_env()) as opened:
        yield opened


@pytest.fixture
def inputs(tmp_path: Path, client: docker.DockerClient) -> Iterator[dict[str, Any]]:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "Dockerfile").write_text(DOCKERFILE)
    (tmp_path / "token").write_text("of-the-file\n")
    name = f"slipway-test/{uuid.uuid4().hex[:8]}:1"
    secrets = [{"id": "env", "env": "TOKEN"}, {"id": "file", "src": "token"}]
    yield {
        "name": name,
        "build": {
            "context": "app",
            "dockerfile": "Dockerfile",
            "secrets": secrets,
            "target": "first",
            "buildArgs": {"WHO": name},
        },
    }
    for image in client.images.list(name.removesuffix(":1")):
        client.images.remove(str(image.id), force=True)


def made(
    client: docker.DockerClient, inputs: dict[str, Any], folder: Path, **environment: str
) -> tuple[str, list[str]]:
    """Id of the image, and the progress lines."""
    said: list[str] = []
    return remote_image.build(client, inputs, remote_image.Program(folder, environment), said.append), said


@pytest.mark.e2e
def test_secrets_are_mounted_and_kept_nowhere(
    client: docker.DockerClient, inputs: dict[str, Any], tmp_path: Path
) -> None:
    image_id, said = made(client, inputs, tmp_path, TOKEN="of-the-environment")
    image = client.images.get(inputs["name"])
    assert image.id == image_id
    assert any(line.startswith("[first 2/2] RUN --mount=type=secret,id=env") for line in said), said
    assert not any("of-the-" in line for line in [*said, str(image.history()), str(image.attrs)])


@pytest.mark.e2e
def test_a_failing_build_shows_its_last_lines_without_the_secrets(
    client: docker.DockerClient, inputs: dict[str, Any], tmp_path: Path
) -> None:
    inputs["build"]["buildArgs"] = {"WHO": "nobody"}
    with pytest.raises(ProviderError) as caught:
        made(client, inputs, tmp_path, TOKEN="of-the-environment")
    lines = str(caught.value).splitlines()
    assert lines[0].startswith("the build of Dockerfile failed: executor failed running [/bin/sh -c cat "), lines
    assert lines[-1] == "    [secret][secret]", "one line, in however many pieces it came"


@pytest.mark.e2e
def test_a_secret_that_is_not_there_is_named(
    client: docker.DockerClient, inputs: dict[str, Any], tmp_path: Path
) -> None:
    with pytest.raises(ProviderError) as caught:
        made(client, inputs, tmp_path)
    assert str(caught.value) == ("the build secret 'env' is not there: set the variable TOKEN and run it again")
    (tmp_path / "token").unlink()
    with pytest.raises(ProviderError, match=r"^the build secret 'file' cannot be read: "):
        made(client, inputs, tmp_path, TOKEN="of-the-environment")
