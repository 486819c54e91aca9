"""Names of images, by the grammar of Docker."""

import pytest

from slipway.common import is_image_name


@pytest.mark.parametrize(
    "name",
    [
        "python",
        "slipway-sandbox/python:3.12",
        "localhost:5000/a/b__c:1",
        "registry:5000/app",
        "REGISTRY/app",
        "Ghcr.io/app",
        "123456789012.dkr.ecr.eu-west-1.amazonaws.com/base@sha256:" + 64 * "a",
        "app:1@sha512:" + 128 * "a",
    ],
)
def test_every_way_to_name_an_image_is_taken(name: str) -> None:
    assert is_image_name(name)


@pytest.mark.parametrize(
    "name",
    ["", "5", "x y", "$(id)", "UPPER:1", "ghcr.io/Shop/app", "app:", ":1", "app@sha256:1", "a//b", "-a", "app:1\n"],
)
def test_what_docker_cannot_name_is_refused(name: str) -> None:
    assert not is_image_name(name)
