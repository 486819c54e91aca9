"""A look at the image before a service takes it: processor, port and user are those that its task asks for.

A task that is of another processor, listens on another port or runs as a stranger to its own files starts, fails and rolls
back, minutes later. This is a dynamic resource as the verdict is (ADR 0003): only a deployment may ask a registry, and a
component must not. An image that cannot be read is a warning, since tasks may read what those who deploy may not.
Source: https://github.com/opencontainers/image-spec/blob/main/config.md
"""

from typing import Any

import pulumi
from pulumi import dynamic

from .engine_calls import end_without_traceback, warn
from .image_config import ImageConfig, ImageMissingError, ImageUnreadableError, image_config
from .image_question import ImageQuestionProvider


class ImageCheckProvider(ImageQuestionProvider):
    """Looks at an image."""

    def ask(self, props: dict[str, Any]) -> None:
        """End the call with what does not fit, or pass."""
        try:
            found = image_config(props["image"], props["architecture"], self._token)
        except ImageMissingError:
            end_without_traceback(
                f"{props['who']}: image must be in its registry, got {props['image']!r}, which is not there; push it first"
            )
        except ImageUnreadableError as error:
            warn(f"{props['who']}: the image {props['image']} was not looked at before use: {error}")
            return
        objection = found and misfit(found, props["architecture"], int(props["port"]), props["user"])
        if objection:
            end_without_traceback(f"{props['who']}: {objection}")

    def _token(self, region: str) -> str:
        import boto3  # noqa: PLC0415 - 0.2 s that a program, which only declares this resource, does not need
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        try:
            session = boto3.session.Session(profile_name=self.profile, region_name=region)
            answer = session.client("ecr").get_authorization_token()
        except (BotoCoreError, ClientError) as error:
            raise ImageUnreadableError(str(error)) from error
        token: str = answer["authorizationData"][0]["authorizationToken"]
        return token


class ImageCheck(dynamic.Resource, module="slipway", name="ImageCheck"):
    """Exists once the image fits the task."""

    def __init__(self, name: str, props: dict[str, Any], opts: pulumi.ResourceOptions) -> None:
        super().__init__(ImageCheckProvider(), name, props, opts)


def checked_image(
    who: str,
    name: str,
    image: pulumi.Input[str],
    architecture: str,
    port: int | None,
    user: str,
    child: pulumi.ResourceOptions,
) -> ImageCheck:
    """A resource to await before a task starts from the image."""
    asked = {"who": who, "image": image, "architecture": architecture.lower(), "port": port or 0, "user": user}
    return ImageCheck(name, asked, child)


def misfit(found: ImageConfig, architecture: str, port: int, user: str) -> str | None:
    """Why a task cannot run the image as asked, with the fix; None when nothing speaks against it. Port 0 is none."""
    if architecture not in found.architectures:
        built = " and ".join(found.architectures) or "nothing"
        fix = f"set architecture to {found.architectures[0]}, or build" if found.architectures else "build"
        return (
            f"image must be built for {architecture}, which the task runs on, got {built}; {fix} it for {architecture}"
        )
    if port and found.ports and port not in found.ports:
        exposed = ", ".join(map(str, found.ports))
        return f"container_port must be one that the image exposes, got {port}; it exposes {exposed}"
    of_image, of_task = found.user.partition(":")[0], user.partition(":")[0]
    if of_image.isdigit() and of_task.isdigit() and of_image not in ("0", of_task):
        rule = "user must be the image's, to whom its files may belong"
        return f"{rule}, got {user!r}; set user to {found.user!r}, or change USER in the Dockerfile"
    return None
