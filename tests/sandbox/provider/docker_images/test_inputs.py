"""docker:index/image:Image: refusals and defaults of Check, and differences of Diff. No daemon."""

from pathlib import Path

import pytest

from slipway_sandbox.provider.docker_images import image
from slipway_sandbox.provider.docker_images.image import Reference
from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.readers import block
from slipway_sandbox.provider.protocol.wire import Value

AMD64 = "linux/amd64"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program's folder with a context in app/."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "Dockerfile").write_text("FROM scratch\n")
    return tmp_path


def inputs_of(**inputs: Value) -> dict[str, Value]:
    return {"imageName": "localhost:5000/orders/app:v1", "build": {"context": "app"}, **inputs}


def test_defaults_are_those_of_the_real_provider(program: Path) -> None:
    inputs, failures = image.check(inputs_of(), program, AMD64)
    digest = block(inputs, "build").pop("contextDigest")
    assert (failures, len(str(digest))) == ([], 64)
    assert inputs == {
        "imageName": "localhost:5000/orders/app:v1",
        "buildOnPreview": False,
        "skipPush": False,
        "build": {"context": "app", "dockerfile": "app/Dockerfile", "platform": AMD64},
    }


def test_without_build_the_program_folder_is_the_context(program: Path) -> None:
    (program / "Dockerfile").write_text("FROM scratch\n")
    inputs, failures = image.check({"imageName": "x", "skipPush": True}, program, AMD64)
    build = block(inputs, "build")
    assert (failures, build["context"], build["dockerfile"]) == ([], ".", "Dockerfile")


@pytest.mark.parametrize(
    ("inputs", "path", "reason"),
    [
        ({"imageNam": "x"}, "imageNam", "unknown property 'imageNam'; did you mean 'imageName'?"),
        ({"build": {"tagret": "x"}}, "build.tagret", "unknown property 'tagret'; did you mean 'target'?"),
        (
            {"registry": {"zone": "x"}},
            "registry.zone",
            "unknown property 'zone'; there are password, server, username",
        ),
        ({"skipPush": "yes"}, "skipPush", 'must be true or false, got "yes"'),
        (
            {"skipPush": wire.UNKNOWN},
            "skipPush",
            "must be known in a preview: pulumi-docker ends in a panic where it is not",
        ),
        ({"build": "app"}, "build", 'must be an object, got "app"'),
        ({"build": {"args": {"A": 1}}}, "build.args.A", "must be a string, got 1"),
        ({"build": {"addHosts": "a:1"}}, "build.addHosts", 'must be a list, got "a:1"'),
        (
            {"imageName": "localhost:5000/Orders"},
            "imageName",
            "must be [registry/]repository[:tag] in lower case, got 'localhost:5000/Orders'",
        ),
        (
            {"imageName": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1"},
            "imageName",
            "the sandbox pushes only to its own registry on this machine, got "
            "'123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1'; use its repository URL (localhost:<port>/...)",
        ),
        (
            {"imageName": "app:v1"},
            "imageName",
            "the sandbox pushes only to its own registry on this machine, got 'app:v1'; "
            "use its repository URL (localhost:<port>/...)",
        ),
        (
            {"registry": {"server": "https://registry.example.com"}},
            "registry.server",
            "the sandbox pushes only to its own registry on this machine, got 'https://registry.example.com'; "
            "use its address (localhost:<port>/...)",
        ),
        (
            {"build": {"context": "app", "cacheFrom": {"images": ["localhost:5000/a", "ghcr.io/a/b"]}}},
            "build.cacheFrom.images[1]",
            "the sandbox reads caches only from its own registry on this machine, got 'ghcr.io/a/b'; "
            "use an image there (localhost:<port>/...)",
        ),
        (
            {"build": {"context": "app", "platform": "linux/arm64"}},
            "build.platform",
            "the Docker daemon here builds and runs linux/amd64, got 'linux/arm64'; set linux/amd64 in the sandbox's stack",
        ),
        (
            {"build": {"context": "app", "builderVersion": "3"}},
            "build.builderVersion",
            "must be BuilderV1 or BuilderBuildKit, got '3'",
        ),
        (
            {"build": {"context": "nowhere"}},
            "build.context",
            "must be a folder, got 'nowhere'; there is none at {program}/nowhere",
        ),
        (
            {"build": {"context": "app", "dockerfile": "Dockerfile"}},
            "build.dockerfile",
            "must be the Dockerfile's path from the program's folder, got 'Dockerfile'; "
            "there is no file at {program}/Dockerfile: write 'app/Dockerfile'",
        ),
        (
            {"build": {"context": "app", "dockerfile": "app/Dokerfile"}},
            "build.dockerfile",
            "must be the Dockerfile's path from the program's folder, got 'app/Dokerfile'; "
            "there is no file at {program}/app/Dokerfile: create it or correct the path",
        ),
    ],
)
def test_a_bad_input_is_refused_with_its_path(program: Path, inputs: dict[str, Value], path: str, reason: str) -> None:
    _, failures = image.check(inputs_of(**inputs), program, AMD64)
    assert failures == [(path, reason.replace("{program}", str(program)))]


def test_an_image_without_a_name_is_refused(program: Path) -> None:
    _, failures = image.check({}, program, AMD64)
    assert failures == [("imageName", "missing required property 'imageName'")]


def test_a_relative_context_is_refused_where_the_program_cannot_be_found() -> None:
    _, failures = image.check(inputs_of(), None, AMD64)
    assert failures == [
        (
            "build.context",
            "is relative, and the program's folder cannot be told on this system, got 'app'; "
            "write absolute paths for context and dockerfile",
        )
    ]


def test_an_image_that_is_not_pushed_may_have_any_name(program: Path) -> None:
    _, failures = image.check(inputs_of(imageName="example.com/app", skipPush=True), program, AMD64)
    assert failures == []


def test_unknown_inputs_are_left_for_the_deployment(program: Path) -> None:
    unknown: wire.Properties = {"imageName": wire.UNKNOWN, "build": {"context": wire.UNKNOWN}, "registry": wire.UNKNOWN}
    inputs, failures = image.check(unknown, program, AMD64)
    assert failures == []
    assert inputs["build"] == {"context": wire.UNKNOWN, "platform": AMD64}
    assert image.outputs(wire.plain(inputs))["imageName"] is wire.UNKNOWN


def test_the_password_is_kept_secret_though_the_program_forgot_to(program: Path) -> None:
    registry = {"server": "localhost:5000", "username": "AWS", "password": "hunter2"}
    inputs, _ = image.check(inputs_of(registry=registry), program, AMD64)
    assert inputs["registry"] == {**registry, "password": wire.Secret("hunter2")}


def test_a_secret_build_stays_secret_as_a_whole(program: Path) -> None:
    inputs, failures = image.check(inputs_of(build=wire.Secret({"context": "app"})), program, AMD64)
    build = inputs["build"]
    assert failures == []
    assert isinstance(build, wire.Secret)
    assert block({"build": build.value}, "build")["dockerfile"] == "app/Dockerfile"


@pytest.mark.parametrize("platform", ["linux/x86_64", "linux/amd64/v2", "Linux/AMD64"])
def test_a_platform_may_be_written_in_all_its_ways(program: Path, platform: str) -> None:
    _, failures = image.check(inputs_of(build={"context": "app", "platform": platform}), program, AMD64)
    assert failures == []


@pytest.mark.parametrize(
    ("new", "found"),
    [
        ({}, {}),
        ({"registry": {"server": "localhost:1", "username": "other", "password": "other"}}, {}),
        ({"registry": {"server": "localhost:2", "username": "u", "password": "p"}}, {"registry.server": "update"}),
        ({"imageName": wire.UNKNOWN}, {"imageName": "update"}),
        ({"skipPush": True}, {"skipPush": "add"}),
        ({"build": {"contextDigest": "b", "args": {"A": "1"}}}, {"build.contextDigest": "update"}),
        ({"build": {"contextDigest": "a", "args": {"B": "1"}}}, {"build.args.A": "delete", "build.args.B": "add"}),
    ],
)
def test_a_difference_is_named_by_its_path(new: dict[str, Value], found: dict[str, str]) -> None:
    old: wire.Properties = {
        "imageName": "localhost:1/a",
        "build": {"contextDigest": "a", "args": {"A": "1"}},
        "registry": {"server": "localhost:1", "username": "u", "password": "p"},
    }
    assert image.differences(old, {**old, **new}) == found


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("localhost:5000/orders/app:v1", ("localhost:5000", "orders/app", "v1")),
        ("localhost/app", ("localhost", "app", "latest")),
        ("orders/app:v1", ("", "orders/app", "v1")),
        ("app", ("", "app", "latest")),
        ("ghcr.io/a/b", ("ghcr.io", "a/b", "latest")),
    ],
)
def test_an_image_name_is_taken_apart(name: str, parts: tuple[str, str, str]) -> None:
    assert Reference.parse(name) == Reference(*parts)


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        ("localhost:5000", True),
        ("http://localhost:5000/v2/", True),
        ("127.8.0.1", True),
        ("[::1]:5000", True),
        ("localhost.example.com", False),
        ("https://localhost:5000@example.com", False),
        ("10.0.0.1:5000", False),
        ("", False),
    ],
)
def test_only_this_machine_is_loopback(server: str, expected: bool) -> None:
    assert image.is_loopback(server) is expected
