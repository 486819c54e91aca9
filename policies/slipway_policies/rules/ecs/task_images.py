"""Rules for the images of task definitions.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-considerations.html
"""

from slipway_policies.engine.registry import ADVISORY, MEDIUM, Outcomes, deny, rule
from slipway_policies.engine.resources import Resource
from slipway_policies.reading.ecr_hosts import with_common_host
from slipway_policies.rules.ecs.containers import TASK_DEFINITION, containers

LINK = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-considerations.html"


@rule(
    TASK_DEFINITION,
    level=ADVISORY,
    severity=MEDIUM,
    controls=("NIST CM-2", "NIST SI-7"),
    link=LINK,
    fix="name the image by its digest, image@sha256:..., as image_uri of slipway's ContainerImage does",
    settings={
        "tagsPass": {
            "type": "boolean",
            "default": False,
            "description": "True to accept tags other than latest.",
        }
    },
)
def ecs_taskdef_image_pinned(task: Resource) -> Outcomes:
    """Containers of task definitions name their image by digest."""
    for container in containers(task):
        image = container["image"]
        tag = image.text().rpartition("/")[2].partition(":")[2]
        pinned = "@sha256:" in image.text() or (task.config.switched_on("tagsPass") and tag not in ("", "latest"))
        yield from deny(image, not pinned, "is not named by its digest, so two tasks can run different programs")


@rule(
    TASK_DEFINITION,
    level=ADVISORY,
    severity=MEDIUM,
    controls=("NIST CM-7",),
    link=LINK,
    fix="push the image to an allowed registry, as slipway's ContainerImage does, or add its registry to "
    "allowedRegistries in the policy config",
    settings={
        "allowedRegistries": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "Allowed beginnings of image names, such as 123456789012.dkr.ecr.eu-west-1.amazonaws.com/; "
            "an empty list allows all.",
        }
    },
)
def ecs_taskdef_image_registry(task: Resource) -> Outcomes:
    """Containers of task definitions run images of known registries only.

    A registry of ECR has several hosts, such as those of FIPS and dual-stack endpoints; one of them stands for all.
    """
    allowed = tuple(with_common_host(registry) for registry in task.config.texts("allowedRegistries"))
    for container in containers(task) if allowed else ():
        image = container["image"]
        known = with_common_host(image.text()).startswith(allowed)
        yield from deny(image, not known, "is in a registry outside of allowedRegistries")
