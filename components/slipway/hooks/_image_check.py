"""A look at the image before a service takes it: processor, port and user have to fit the task.

An image that does not fit starts, fails and rolls back, minutes later. An unreadable image is a warning, since tasks may
have more rights in the registry than the person who deploys. ECR is asked with a token from the component's own provider.
Source: https://github.com/opencontainers/image-spec/blob/main/config.md
"""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import grpc
import pulumi

from slipway.common import Context, ecr_host

from ._image_config import ImageConfig, ImageMissingError, ImageUnreadableError, image_config
from ._look_up import THREAD, cause, look_up
from ._question import question

GET_TOKEN = "aws:ecr/getAuthorizationToken:getAuthorizationToken"  # noqa: S105 - the name of a look-up


@dataclass(frozen=True)
class ImageNeeds:
    """Needs of a task that its image has to meet."""

    architecture: str
    """Processor of the task in AWS's words, lower case."""
    port: int
    """Port of the container; 0 for none."""
    user: str
    """User of the container, as `<uid>` or `<uid>:<gid>`."""


def checked_image(context: Context, image: pulumi.Input[str], needs: ImageNeeds) -> pulumi.Resource:
    """A resource that a service waits for before it starts tasks from the image."""

    async def ask(props: Mapping[str, Any]) -> None:
        await check_image(context, str(props["image"]), needs)

    return question(context, "image", {"image": image, **asdict(needs)}, ask)


async def check_image(context: Context, image: str, needs: ImageNeeds) -> None:
    """Refuse an image that is not there or does not fit; warn about one that cannot be read. Raises RunError."""
    try:
        token = await ecr_token(context, image)
        found = await asyncio.get_running_loop().run_in_executor(THREAD, image_config, image, needs.architecture, token)
    except ImageMissingError as error:
        rule = f"image must be in its registry, got {image!r}, which is not there; push it first"
        raise pulumi.RunError(f"{context.who}: {rule}") from error
    except ImageUnreadableError as error:
        pulumi.log.warn(f"{context.who}: the image {image} was not looked at before use: {error}")
        return
    if found and (objection := misfit(found, needs)):
        raise pulumi.RunError(f"{context.who}: {objection}")


async def ecr_token(context: Context, image: str) -> str:
    """Token for the registry of an image in ECR; empty for another registry. Raises ImageUnreadableError."""
    host = ecr_host(image.partition("/")[0])
    if host is None:
        return ""
    try:
        answer = await look_up(context, GET_TOKEN, {"registryId": host.account, "region": host.region})
    except grpc.RpcError as error:
        raise ImageUnreadableError(cause(error)) from error
    return str(answer["authorizationToken"])


def misfit(image: ImageConfig, needs: ImageNeeds) -> str | None:
    """Why a task cannot run the image, with the fix; None for an image that fits."""
    architecture, port, user = needs.architecture, needs.port, needs.user
    if architecture not in image.architectures:
        built = " and ".join(image.architectures) or "nothing"
        fix = f"set architecture to {image.architectures[0]}, or build" if image.architectures else "build"
        return (
            f"image must be built for {architecture}, which the task runs on, got {built}; {fix} it for {architecture}"
        )
    if port and image.ports and port not in image.ports:
        exposed = ", ".join(map(str, image.ports))
        return f"container_port must be one that the image exposes, got {port}; it exposes {exposed}"
    of_image, of_task = image.user.partition(":")[0], user.partition(":")[0]
    if of_image.isdigit() and of_task.isdigit() and of_image not in ("0", of_task):
        rule = "user must be the image's, to whom its files may belong"
        return f"{rule}, got {user!r}; set user to {image.user!r}, or change USER in the Dockerfile"
    return None
