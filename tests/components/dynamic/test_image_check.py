"""The look at an image before a service takes it: what is read, from where, and what is objected to."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pulumi import dynamic
from pulumi.runtime.proto import engine_pb2

from slipway.dynamic._image_config import (
    ImageConfig,
    ImageMissingError,
    ImageUnreadableError,
    image_config,
    on_this_machine,
)
from slipway.dynamic.image_check import ImageCheckProvider, ImageNeeds, misfit
from tests.support.components.engine import Engine
from tests.support.components.mocks import build
from tests.support.components.registry import Registry, registry
from tests.support.components.samples import COMPONENTS
from tests.support.components.service_samples import BEHIND_BALANCER, TASK

AMD64 = {"architecture": "amd64", "config": {"User": "1000:1000", "ExposedPorts": {"8080/tcp": {}, "53/udp": {}}}}
ARM64 = {"architecture": "arm64", "config": {}}


@pytest.fixture
def served() -> Iterator[Registry]:
    with registry() as kept:
        yield kept


def no_token(region: str) -> str:
    raise AssertionError(f"a registry on this machine needs no token of {region}")


def test_an_image_says_its_processor_ports_and_user(served: Registry) -> None:
    assert image_config(served.put(AMD64), "x86_64", no_token) == ImageConfig(["x86_64"], [8080], "1000:1000")
    assert image_config(f"{served.host}/shop:1", "arm64", no_token) == ImageConfig(["x86_64"], [8080], "1000:1000")
    assert image_config(served.put(ARM64), "arm64", no_token) == ImageConfig(["arm64"], [], "")


def test_of_an_image_of_several_platforms_the_task_s_own_is_read(served: Registry) -> None:
    image = served.put_index([AMD64, ARM64])
    assert image_config(image, "x86_64", no_token) == ImageConfig(["x86_64"], [8080], "1000:1000")
    assert image_config(image, "arm64", no_token) == ImageConfig(["arm64"], [], "")
    assert image_config(served.put_index([ARM64]), "x86_64", no_token) == ImageConfig(["arm64"], [], "")


def test_an_image_that_is_not_there_is_told_from_one_that_cannot_be_read(served: Registry) -> None:
    with pytest.raises(ImageMissingError):
        image_config(f"{served.host}/shop:nowhere", "x86_64", no_token)
    with pytest.raises(ImageUnreadableError, match=r"^the registry answers HTTP 403$"):
        image_config(f"{served.host}/secret:1", "x86_64", no_token)
    with pytest.raises(ImageUnreadableError, match=r"^the registry does not answer: .*refused"):
        image_config("localhost:1/shop:1", "x86_64", no_token)


@pytest.mark.parametrize("image", ["nginx", "ghcr.io/shop/api:1", "public.ecr.aws/nginx/nginx:1", "not an image"])
def test_other_registries_are_not_asked(image: str) -> None:
    assert image_config(image, "x86_64", no_token) is None


def test_ecr_is_asked_with_the_token_of_the_image_s_own_region() -> None:
    class AskedError(Exception):
        pass

    def token(region: str) -> str:
        raise AskedError(region)

    with pytest.raises(AskedError, match=r"^us-west-2$"):
        image_config("123456789012.dkr.ecr.us-west-2.amazonaws.com/shop/api:1", "x86_64", token)


def test_loopback_is_known_in_every_spelling() -> None:
    hosts = ["localhost", "localhost:5000", "127.0.0.1:5000", "[::1]:5000", "10.0.0.1:5000", "example.com"]
    assert [on_this_machine(host) for host in hosts] == [True, True, True, True, False, False]


FITS: list[tuple[ImageConfig, int, str]] = [
    (ImageConfig(["x86_64"], [8080], "10001"), 8080, "10001"),
    (ImageConfig(["x86_64"], [], ""), 80, "10001"),
    (ImageConfig(["x86_64"], [8080], "app"), 0, "10001:10001"),
    (ImageConfig(["arm64", "x86_64"], [], "0"), 0, "10001"),
    (ImageConfig(["x86_64"], [], "1000"), 0, "1000:2000"),
    (ImageConfig(["x86_64"], [], "1000"), 0, "app"),
]


@pytest.mark.parametrize(("found", "port", "user"), FITS)
def test_what_does_not_speak_against_an_image_is_no_objection(found: ImageConfig, port: int, user: str) -> None:
    assert misfit(found, ImageNeeds("x86_64", port, user)) is None


def props(image: str, **asked: Any) -> dict[str, Any]:
    task = {"architecture": "x86_64", "port": 8080, "user": "1000", "who": "FargateService 'api'"}
    return task | {"image": image} | asked


REFUSED: list[tuple[dict[str, Any], str]] = [
    (
        {"architecture": "arm64"},
        "image must be built for arm64, which the task runs on, got x86_64; set architecture to x86_64, or build it for "
        "arm64",
    ),
    ({"port": 80.0}, "container_port must be one that the image exposes, got 80; it exposes 8080"),
    (
        {"user": "10001"},
        "user must be the image's, to whom its files may belong, got '10001'; set user to '1000:1000', or change USER in "
        "the Dockerfile",
    ),
]


@pytest.mark.parametrize(("asked", "sentence"), REFUSED)
def test_an_image_that_does_not_fit_ends_the_deployment_with_one_sentence(
    served: Registry, asked: dict[str, Any], sentence: str
) -> None:
    assert refusal(props(served.put(AMD64), **asked)) == f"FargateService 'api': {sentence}"


def test_an_image_that_is_not_there_ends_the_deployment(served: Registry) -> None:
    image = f"{served.host}/shop:nowhere"
    rule = f"image must be in its registry, got {image!r}, which is not there; push it first"
    assert refusal(props(image)) == f"FargateService 'api': {rule}"


def refusal(asked: dict[str, Any]) -> str:
    """What the check says of an image that it must refuse."""
    with pytest.raises(Exception, match="FargateService 'api'") as caught:
        ImageCheckProvider().create(asked)
    return str(caught.value)


def test_an_image_that_fits_is_recorded_and_looked_at_again_when_it_changes(served: Registry) -> None:
    asked = props(served.put(AMD64))
    provider = ImageCheckProvider()
    assert provider.create(asked).outs == asked
    assert provider.update("id", asked, asked).outs == asked
    asked_for = len(served.asked)
    assert provider.diff("id", asked, asked).changes is False
    assert provider.diff("id", asked, asked | {"image": "other"}).changes is True
    assert len(served.asked) == asked_for, "an image by digest does not change"


def test_a_service_waits_for_the_look_and_without_verdict_there_is_none() -> None:
    built = build(lambda: COMPONENTS["FargateService"]("api", BEHIND_BALANCER))
    check = built.one("ImageCheck", "api")
    assert check.inputs == {
        "who": "FargateService 'api'",
        "image": TASK["image"],
        "architecture": "x86_64",
        "port": 8080,
        "user": "10001",
    }
    assert "ImageCheck api" in built.one("service:Service", "api").depends_on
    unwatched = build(lambda: COMPONENTS["FargateService"]("api", TASK | {"without_verdict": True}))
    assert unwatched.of_type("ImageCheck") == []


def test_an_image_that_may_not_be_read_is_a_warning_and_recorded(served: Registry, engine: Engine) -> None:
    asked = props(f"{served.host}/secret:1")
    assert ImageCheckProvider().create(asked).outs == asked
    told = (
        f"FargateService 'api': the image {asked['image']} was not looked at before use: the registry answers HTTP 403"
    )
    assert engine.told == [engine_pb2.LogRequest(severity=engine_pb2.WARNING, message=told)]


@pytest.mark.parametrize(
    ("profile", "reason"),
    [(None, "Could not connect to the endpoint URL"), ("lost", "The config profile (lost) could not be found")],
)
def test_without_credentials_that_work_the_image_is_a_warning_and_nothing_worse(
    engine: Engine,
    credentials: None,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    profile: str | None,
    reason: str,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    provider = ImageCheckProvider()
    provider.configure(dynamic.ConfigureRequest(dynamic.Config({"aws:profile": profile}, "shop")))
    provider.create(props(TASK["image"]))
    [told] = [it.message for it in engine.told]
    assert told.startswith(f"FargateService 'api': the image {TASK['image']} was not looked at before use: {reason}")
