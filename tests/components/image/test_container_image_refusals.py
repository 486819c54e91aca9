"""What a ContainerImage refuses, each in one sentence and before the first resource."""

from pathlib import Path

import pulumi
import pytest

from slipway import ArgumentError
from tests.support.components.mocks import build
from tests.support.components.refusals import Refused, refusal
from tests.support.components.samples import COMPONENTS
from tests.support.components.service_samples import IMAGE, KEY

ContainerImage = COMPONENTS["ContainerImage"]
DOCKERFILE = """
ARG BASE_IMAGE=scratch \\
    VERSION
FROM ${BASE_IMAGE} AS deps
# ARG COMMENTED
RUN --mount=type=secret,id=npm npm ci
FROM --platform=linux/amd64 deps AS run
"""
EXAMPLES = "such as python:3.12-slim or ghcr.io/shop/app:1.4"
URL = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/app"
PUSH = "push/Dockerfile"
NPM = {"npm": {"env": "NPM_TOKEN"}}
OWNER = "whose settings are its owner's; remove one"
AS_IT_IS = "which takes an image as it is; remove one"


@pytest.fixture(autouse=True)
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program's folder with some builds in it."""
    files = {
        "app/Dockerfile": DOCKERFILE,
        "app/own.Dockerfile": DOCKERFILE,
        "app/own.Dockerfile.dockerignore": "",
        "app/inside.txt": "",
        "empty/.keep": "",
        "hidden/Dockerfile": DOCKERFILE,
        "hidden/.dockerignore": "*\n!src\n",
        "nothing/Dockerfile": "# FROM scratch\n",
        PUSH: "ARG IMAGE\nFROM ${IMAGE}\n",
        "more/Dockerfile": "ARG IMAGE\nFROM ${IMAGE}\nRUN true\n",
    }
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(content)
    monkeypatch.chdir(tmp_path)


WRONG = [
    Refused(
        {"context": "nowhere"},
        "context must be an existing folder, got 'nowhere'; paths are relative to the program's folder",
    ),
    Refused({"context": ""}, "context must not be empty, got ''; give it a value"),
    Refused(
        {"context": "empty"}, "dockerfile must be an existing file, got 'empty/Dockerfile'; create empty/Dockerfile"
    ),
    Refused({"context": "nothing"}, "dockerfile must have a FROM line, got none in 'nothing/Dockerfile'"),
    Refused(
        {"dockerfile": "x/Dockerfile"}, "dockerfile must be an existing file, got 'x/Dockerfile'; create x/Dockerfile"
    ),
    Refused(
        {"dockerfile": "inside.txt"},
        "dockerfile must be an existing file, got 'inside.txt'; "
        "paths are relative to the program's folder, write app/inside.txt",
    ),
    Refused({"target": "runs"}, "target must be a stage of app/Dockerfile, got 'runs'; it has deps, run"),
    Refused({"target": ""}, "target must not be empty, got ''; give it a value"),
    Refused(
        {"target": "\N{ARABIC-INDIC DIGIT ONE}"},
        "target must be a stage of app/Dockerfile, got '\N{ARABIC-INDIC DIGIT ONE}'; it has deps, run",
    ),
    Refused({"dockerfile": ""}, "dockerfile must not be empty, got ''; give it a value"),
    Refused(
        {"context": "x" * 256},
        "context must be a path of at most 4095 bytes, 255 between two slashes, got 256 bytes; take a shorter path",
    ),
    Refused({"context": "app\nb"}, "context must not have control characters, got 'app\\nb'; give one line of text"),
    Refused({"target": "2"}, "target must be a stage of app/Dockerfile, got '2'; it has deps, run"),
    Refused({"build_args": {"A": 3}}, "build_args.A must be a string, got 3"),
    Refused(
        {"build_args": {"BASE_IMAG": "x"}}, "build_args.BASE_IMAG is no ARG of app/Dockerfile; did you mean BASE_IMAGE?"
    ),
    Refused(
        {"build_args": {"COMMENTED": "x"}},
        "build_args.COMMENTED is no ARG of app/Dockerfile; add the line ARG COMMENTED",
    ),
    *(
        Refused(
            {"build_args": {"BASE_IMAGE": value}},
            f"build_args.BASE_IMAGE must make an image {EXAMPLES} of FROM ${{BASE_IMAGE}} in app/Dockerfile, got {value!r}",
        )
        for value in ("", "x y", "$(id)", "UPPER:1", "5", "python:", "a@sha256:1", "ghcr.io/Shop/base")
    ),
    Refused({"architecture": "amd64"}, "architecture must be one of x86_64, arm64, got 'amd64'; did you mean arm64?"),
    Refused({"keep_releases": 1}, "keep_releases must be a whole number 2-1000, got 1"),
    Refused({"keep_releases": 1001}, "keep_releases must be a whole number 2-1000, got 1001"),
    Refused({"keep_releases": 2.5}, "keep_releases must be a whole number 2-1000, got 2.5"),
    Refused({"force_delete": "yes"}, "force_delete must be true or false, got 'yes'"),
    Refused({"docker_file": "x"}, "docker_file is not an argument; did you mean dockerfile?"),
    Refused(
        {"cache_from": ["app:main"]},
        "cache_from[0] must be an image with its registry, got 'app:main'; write it like ghcr.io/shop/app:main",
    ),
    Refused({"cache_from": "ghcr.io/shop/app"}, "cache_from must be a list, got 'ghcr.io/shop/app'"),
    Refused({"kms_key_arn": "alias/mine"}, "kms_key_arn must be the ARN of a KMS key, got 'alias/mine'"),
    Refused({"pull_account_ids": ["12"]}, "pull_account_ids[0] must be an account id of 12 digits, got '12'"),
    Refused(
        {"pull_account_ids": ["123456789012"] * 2},
        "pull_account_ids must be distinct, got '123456789012' twice; remove one",
    ),
    Refused({"image_uri": IMAGE}, "set context or image_uri, got both"),
    Refused({"context": None}, "set context or image_uri, got neither"),
    Refused(
        {"context": None, "image_uri": f"{URL}:1"},
        f"image_uri must name its image by digest, got '{URL}:1'; "
        "write it like registry/name@sha256:..., a tag may mean another image tomorrow",
    ),
    *(
        Refused({"context": None, "image_uri": IMAGE, key: value}, f"{key} cannot be set with image_uri, {AS_IT_IS}")
        for key, value in {
            "dockerfile": "Dockerfile",
            "target": "run",
            "build_args": {"A": "1"},
            "cache_from": ["ghcr.io/a:main"],
            "repository_url": URL,
            "kms_key_arn": KEY,
            "pull_account_ids": ["210987654321"],
            "force_delete": True,
            "tags": {"team": "shop"},
        }.items()
    ),
    Refused(
        {"context": None, "image_uri": IMAGE, "keep_releases": 5},
        f"keep_releases cannot be set with image_uri, {AS_IT_IS}",
    ),
    Refused(
        {"context": None, "image_uri": f"ghcr.io/a@sha256:{'0' * 64}", "fail_on_severity": "HIGH"},
        f"fail_on_severity needs an image in ECR, got 'ghcr.io/a@sha256:{'0' * 64}'; remove it, or copy the image",
    ),
    Refused(
        {"repository_url": "shop"},
        "repository_url must be a registry and a name, without tag, got 'shop'; "
        "write it like 123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/app",
    ),
    Refused(
        {"repository_url": f"{URL}:1"},
        f"repository_url must be a registry and a name, without tag, got '{URL}:1'; "
        "write it like 123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/app",
    ),
    Refused({"repository_url": URL, "kms_key_arn": KEY}, f"kms_key_arn cannot be set with repository_url, {OWNER}"),
    Refused({"repository_url": URL, "tags": {"a": "b"}}, f"tags cannot be set with repository_url, {OWNER}"),
    Refused(
        {"build_secrets": NPM},
        "build_secrets needs push_dockerfile, got none; the docker provider that pushes takes no secrets, "
        "create a file with the two lines `ARG IMAGE` and `FROM ${IMAGE}`, such as push/Dockerfile",
    ),
    Refused({"push_dockerfile": PUSH}, "push_dockerfile needs build_secrets, got none; remove it"),
    Refused(
        {"build_secrets": NPM, "push_dockerfile": "x"},
        "push_dockerfile must be an existing file, got 'x'; create it",
    ),
    Refused(
        {"build_secrets": NPM, "push_dockerfile": "more/Dockerfile"},
        "push_dockerfile must have the two lines `ARG IMAGE` and `FROM ${IMAGE}` and no more, got 3 lines",
    ),
    Refused(
        {"build_secrets": {"pip": {"env": "PIP"}}, "push_dockerfile": PUSH},
        "build_secrets.pip is mounted by no RUN of app/Dockerfile; "
        "write RUN --mount=type=secret,id=pip where it is needed",
    ),
    Refused(
        {"build_secrets": {"npm": {}}, "push_dockerfile": PUSH},
        "set build_secrets.npm.env or build_secrets.npm.file, got neither",
    ),
    Refused(
        {"build_secrets": {"npm": {"env": "A", "file": "b"}}, "push_dockerfile": PUSH},
        "set build_secrets.npm.env or build_secrets.npm.file, got both",
    ),
    Refused(
        {"build_secrets": {"n,pm": {"env": "A"}}, "push_dockerfile": PUSH},
        "the keys of build_secrets must be letters, digits, dots, hyphens and underscores, got 'n,pm'",
    ),
    Refused(
        {"build_secrets": {"npm": {"value": "hunter2"}}, "push_dockerfile": PUSH},
        "build_secrets.npm.value is not an argument; the arguments are env, file",
    ),
    Refused(
        {"build_secrets": NPM, "push_dockerfile": PUSH, "cache_from": ["ghcr.io/a:1"]},
        "cache_from cannot be set with build_secrets, whose builder logs in to no registry; remove one",
    ),
    Refused(
        {"build_secrets": NPM, "push_dockerfile": PUSH, "dockerfile": "app/own.Dockerfile"},
        "build_secrets reads .dockerignore of the context and no other, got 'app/own.Dockerfile.dockerignore'; "
        "move it there",
    ),
    Refused(
        {"build_secrets": NPM, "push_dockerfile": PUSH, "context": "hidden"},
        "build_secrets needs the Dockerfile in the build, got a .dockerignore that leaves Dockerfile out; "
        "add the line !Dockerfile",
    ),
    Refused(
        {"fail_on_severity": "high"},
        "fail_on_severity must be one of CRITICAL, HIGH, MEDIUM, LOW, INFORMATIONAL, got 'high'",
    ),
    Refused(
        {"accepted_findings": ["CVE-1"]},
        "accepted_findings needs fail_on_severity, got none; set it, or remove them",
    ),
    Refused(
        {"fail_on_severity": "HIGH", "accepted_findings": ["CVE-1", "CVE-1"]},
        "accepted_findings must be distinct, got 'CVE-1' twice; remove one",
    ),
    Refused(
        {"context": pulumi.Output.from_input("app")},
        "context must be known before deployment, got an Output; give a plain value",
    ),
]


@pytest.mark.parametrize("case", WRONG)
def test_an_image_that_cannot_be_built_is_refused(case: Refused) -> None:
    assert (
        refusal(lambda: ContainerImage("app", {"context": "app", **case.args})) == f"ContainerImage 'app': {case.says}"
    )


RIGHT: list[dict[str, object]] = [
    {"target": "RUN"},
    {"target": "0"},
    {"build_args": {"VERSION": "1", "http_proxy": "x", "BUILDKIT_SYNTAX": "x", "SOURCE_DATE_EPOCH": "0"}},
    {"build_secrets": NPM, "push_dockerfile": PUSH},
    {"dockerfile": "app/own.Dockerfile"},
    {"cache_from": ["localhost/app", "localhost:5000/app:1", URL]},
]


@pytest.mark.parametrize("args", RIGHT)
def test_what_a_dockerfile_declares_in_any_spelling_is_taken(args: dict[str, object]) -> None:
    built = build(lambda: ContainerImage("app", {"context": "app"} | args))
    assert len(built.of_type("image:Image")) == 1


@pytest.mark.parametrize("name", ["App", "my app", "1app", "a_b", "é"])
def test_a_name_that_no_repository_may_have_is_refused(name: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        ContainerImage(name, {"context": "app"})
    rule = "the name must be lower-case letters, digits and hyphens and start with a letter"
    assert str(caught.value) == f"ContainerImage {name!r}: {rule}, got {name!r}"


def test_a_name_that_is_too_long_with_pulumi_s_suffix_is_refused() -> None:
    with pytest.raises(ArgumentError, match=r": the name must be at most 248 characters, got 249$"):
        ContainerImage("a" * 249, {"context": "app"})


def test_a_name_for_somebody_else_s_repository_is_pulumi_s_alone() -> None:
    built = build(lambda: ContainerImage("My_App", {"context": "app", "repository_url": URL}))
    assert built.of_type("image:Image")[0].name.startswith("My_App-")
