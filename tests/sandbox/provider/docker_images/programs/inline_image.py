"""An inline program of the Automation API, previewed: an image from the folder in its argument."""

import sys

import pulumi
from pulumi import automation

from slipway import ContainerImage


def program() -> None:
    image = ContainerImage("app", {"context": sys.argv[1]})
    pulumi.export("image", image.image_uri)


stack = automation.create_or_select_stack("sandbox", project_name="inline", program=program)
stack.set_config("aws:region", automation.ConfigValue("eu-west-1"))
sys.stdout.write(stack.preview().stdout)
