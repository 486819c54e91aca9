"""A check of the image before a service takes it: processor, port and user have to fit the task.

An image that does not fit starts, fails and rolls back, minutes later. This is a dynamic resource like the verdict
(ADR 0003): a component must not read a registry, but a deployment may. An unreadable image is a warning, since tasks may
have more rights in the registry than the person who deploys.
Source: https://github.com/opencontainers/image-spec/blob/main/config.md
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import pulumi
from pulumi import dynamic

from slipway.common import Context

from ._engine_calls import end_without_traceback, warn
from ._image_config import ImageConfig, ImageMissingError, ImageUnreadableError, image_config
from .image_question import ImageQuestionProvider


@dataclass(frozen=True)
class ImageNeeds:
    """Needs of a task that its image has to meet."""

    architecture: str
    """Processor of the task in AWS's words, lower case."""
    port: int
    """Port of the container; 0 for none."""
    user: str
    """User of the container, as `<uid>` or `<uid>:<gid>`."""


class ImageCheckProvider(ImageQuestionProvider):
    """Checks an image."""

    def ask(self, props: Mapping[str, object]) -> None:
        """Return when the image fits; else end the call with the misfit."""
        who, image = props["who"], str(props["image"])
        needs = ImageNeeds(str(props["architecture"]), int(float(str(props["port"]))), str(props["user"]))
        try:
            config = image_config(image, needs.architecture, self._token)
        except ImageMissingError:
            end_without_traceback(
                f"{who}: image must be in its registry, got {image!r}, which is not there; push it first"
            )
        except ImageUnreadableError as error:
            warn(f"{who}: the image {image} was not looked at before use: {error}")
            return
        if config and (objection := misfit(config, needs)):
            end_without_traceback(f"{who}: {objection}")

    def _token(self, region: str) -> str:
        import boto3  # noqa: PLC0415 - 0.2 s; a program only declares this resource and does not need it
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        try:
            session = boto3.session.Session(profile_name=self.profile, region_name=region)
            reply = session.client("ecr").get_authorization_token()
        except (BotoCoreError, ClientError) as error:
            raise ImageUnreadableError(str(error)) from error
        return str(reply["authorizationData"][0]["authorizationToken"])


class ImageCheck(dynamic.Resource, module="slipway", name="ImageCheck"):
    """Exists once the image fits the task."""

    def __init__(self, name: str, props: Mapping[str, pulumi.Input[object]], opts: pulumi.ResourceOptions) -> None:
        super().__init__(ImageCheckProvider(), name, dict(props), opts)


def checked_image(context: Context, image: pulumi.Input[str], needs: ImageNeeds) -> ImageCheck:
    """A resource that a service waits for before it starts tasks from the image."""
    props = {"who": context.who, "image": image, **asdict(needs)}
    return ImageCheck(context.name, props, context.child)


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
