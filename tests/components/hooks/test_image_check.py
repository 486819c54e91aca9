"""The look at an image before a service takes it: what is read, from where, and what is objected to."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import grpc
import pulumi
import pytest

from slipway.common import Context
from slipway.hooks import ImageNeeds, _image_check
from slipway.hooks._image_check import GET_TOKEN, check_image, misfit
from slipway.hooks._image_config import (
    ImageConfig,
    ImageMissingError,
    ImageUnreadableError,
    image_config,
    on_this_machine,
)
from tests.support.components.mocks import ANSWERS, Answer, Built, build
from tests.support.components.registry import Registry, registry
from tests.support.components.samples import COMPONENTS
from tests.support.components.service_samples import BEHIND_BALANCER, TASK

AMD64 = {"architecture": "amd64", "config": {"User": "1000:1000", "ExposedPorts": {"8080/tcp": {}, "53/udp": {}}}}
ARM64 = {"architecture": "arm64", "config": {}}


@pytest.fixture
def served() -> Iterator[Registry]:
    with registry() as kept:
        yield kept


def test_an_image_says_its_processor_ports_and_user(served: Registry) -> None:
    assert image_config(served.put(AMD64), "x86_64", "") == ImageConfig(["x86_64"], [8080], "1000:1000")
    assert image_config(f"{served.host}/shop:1", "arm64", "") == ImageConfig(["x86_64"], [8080], "1000:1000")
    assert image_config(served.put(ARM64), "arm64", "") == ImageConfig(["arm64"], [], "")


def test_of_an_image_of_several_platforms_the_task_s_own_is_read(served: Registry) -> None:
    image = served.put_index([AMD64, ARM64])
    assert image_config(image, "x86_64", "") == ImageConfig(["x86_64"], [8080], "1000:1000")
    assert image_config(image, "arm64", "") == ImageConfig(["arm64"], [], "")
    assert image_config(served.put_index([ARM64]), "x86_64", "") == ImageConfig(["arm64"], [], "")


def test_an_image_that_is_not_there_is_told_from_one_that_cannot_be_read(served: Registry) -> None:
    with pytest.raises(ImageMissingError):
        image_config(f"{served.host}/shop:nowhere", "x86_64", "")
    with pytest.raises(ImageUnreadableError, match=r"^the registry answers HTTP 403$"):
        image_config(f"{served.host}/secret:1", "x86_64", "")
    with pytest.raises(ImageUnreadableError, match=r"^the registry does not answer: .*refused"):
        image_config("localhost:1/shop:1", "x86_64", "")


@pytest.mark.parametrize("image", ["nginx", "ghcr.io/shop/api:1", "public.ecr.aws/nginx/nginx:1", "not an image"])
def test_other_registries_are_not_asked(image: str) -> None:
    assert image_config(image, "x86_64", "") is None


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


REFUSED: list[tuple[dict[str, Any], str]] = [
    (
        {"architecture": "arm64"},
        "image must be built for arm64, which the task runs on, got x86_64; set architecture to x86_64, or build it for "
        "arm64",
    ),
    ({"port": 80}, "container_port must be one that the image exposes, got 80; it exposes 8080"),
    (
        {"user": "10001"},
        "user must be the image's, to whom its files may belong, got '10001'; set user to '1000:1000', or change USER in "
        "the Dockerfile",
    ),
]


WHO = "FargateService 'api'"
NEEDS = ImageNeeds("x86_64", 8080, "1000")
ECR = f"123456789012.dkr.ecr.us-west-2.amazonaws.com/shop/api@sha256:{'a' * 64}"


def check(image: str, needs: ImageNeeds = NEEDS, answers: dict[str, Answer] | None = None) -> Built:
    """The look at an image in an update."""
    context = Context(WHO, "api", None, pulumi.ResourceOptions())
    return build(lambda: pulumi.Output.from_input(check_image(context, image, needs)), {**ANSWERS, **(answers or {})})


def refusal(image: str, needs: ImageNeeds = NEEDS) -> str:
    """The sentence about an image that must be refused."""
    with pytest.raises(pulumi.RunError) as caught:
        check(image, needs)
    return str(caught.value)


@pytest.mark.parametrize(("asked", "sentence"), REFUSED)
def test_an_image_that_does_not_fit_ends_the_update_with_one_sentence(
    served: Registry, asked: dict[str, Any], sentence: str
) -> None:
    assert refusal(served.put(AMD64), replace(NEEDS, **asked)) == f"{WHO}: {sentence}"
    check(served.put(AMD64))


def test_an_image_that_is_not_there_ends_the_update(served: Registry) -> None:
    image = f"{served.host}/shop:nowhere"
    assert refusal(image) == f"{WHO}: image must be in its registry, got {image!r}, which is not there; push it first"


def test_ecr_is_asked_with_a_token_of_the_component_s_provider_for_the_image_s_registry(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tokens: list[str] = []

    def read(image: str, architecture: str, token: str) -> None:
        tokens.append(token)

    monkeypatch.setattr(_image_check, "image_config", read)
    [call] = check(ECR, answers={GET_TOKEN: {"authorizationToken": "QVdTOg=="}}).calls
    assert (call.token, call.args) == (GET_TOKEN, {"registryId": "123456789012", "region": "us-west-2"})
    assert tokens == ["QVdTOg=="]


def test_an_image_that_cannot_be_read_is_a_warning(served: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    class DeniedError(grpc.RpcError):
        def details(self) -> str:
            return (
                f"invocation of {GET_TOKEN} returned an error: not authorized to perform:\n ecr:GetAuthorizationToken"
            )

    def denied(args: object) -> dict[str, Any]:
        raise DeniedError

    told: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", told.append)
    check(f"{served.host}/secret:1")
    check(ECR, answers={GET_TOKEN: denied})
    assert told == [
        f"{WHO}: the image {served.host}/secret:1 was not looked at before use: the registry answers HTTP 403",
        f"{WHO}: the image {ECR} was not looked at before use: not authorized to perform: ecr:GetAuthorizationToken",
    ]


def test_a_service_waits_for_the_look_and_without_verdict_there_is_none() -> None:
    built = build(lambda: COMPONENTS["FargateService"]("api", BEHIND_BALANCER))
    asked = {"image": TASK["image"], "architecture": "x86_64", "port": 8080, "user": "10001"}
    assert built.one("Stash", "api-image").inputs == {"input": asked}
    assert "Stash api-image" in built.one("service:Service", "api").depends_on
    unwatched = build(lambda: COMPONENTS["FargateService"]("api", TASK | {"without_verdict": True}))
    assert [it for it in unwatched.of_type("Stash") if it.name == "api-image"] == []
