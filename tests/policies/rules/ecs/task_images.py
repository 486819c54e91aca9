"""Cases of the rules in `ecs.task_images`: ECS tasks: image."""

from tests.support.policies.analyzer import UNKNOWN
from tests.support.policies.samples import TASK, Case, Props, containers, failing_with

DIGEST = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop@sha256:" + "a" * 64

IMAGE = "containerDefinitions[0].image"


def image(name: str) -> Props:
    """A task definition with one container of this image."""
    return containers({"image": name})


REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/"

CASES: list[Case] = [
    Case(
        rule="ecs-taskdef-image-pinned",
        kind=TASK,
        passes=[image(DIGEST), image("localhost:5000/shop@sha256:" + "b" * 64)],
        fails=[(image(name), [IMAGE]) for name in ("nginx", "nginx:latest", "localhost:5000/shop:1.2", "shop@md5:1")],
        waits=[{"containerDefinitions": UNKNOWN}],
    ),
    Case(
        rule="ecs-taskdef-image-pinned",
        kind=TASK,
        passes=[image(DIGEST), image("localhost:5000/shop:1.2")],
        fails=[(image("localhost:5000/shop"), [IMAGE]), (image("shop:latest"), [IMAGE])],
        waits=[{"containerDefinitions": UNKNOWN}],
        config={"tagsPass": True},
    ),
    Case(
        rule="ecs-taskdef-image-registry",
        kind=TASK,
        passes=[
            image(DIGEST),
            image("123456789012.dkr-ecr.eu-west-1.on.aws/shop:1"),
            image("123456789012.dkr.ecr-fips.eu-west-1.amazonaws.com/shop:1"),
        ],
        fails=[(image("nginx"), [IMAGE]), (image("evil/" + DIGEST), [IMAGE])],
        waits=[{"containerDefinitions": UNKNOWN}],
        config={"allowedRegistries": ["123456789012.dkr.ecr.eu-west-1.amazonaws.com/"]},
    ),
    failing_with(
        "ecs-taskdef-image-registry",
        TASK,
        passes=[containers({"image": f"{REGISTRY}web:1"}), containers({"image": f"{REGISTRY}team/api"})],
        fails=[
            (
                containers({"image": f"{REGISTRY}web:1"}, {"image": "public.ecr.aws/a/b"}),
                "containerDefinitions[1].image",
            )
        ],
        allowedRegistries=[REGISTRY],
    ),
]
