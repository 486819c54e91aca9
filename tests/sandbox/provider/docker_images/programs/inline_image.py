"""An inline program of the Automation API: an image from a folder, in a workspace of its own or in a given one.

Its arguments: up, preview or destroy; the stack; the folder; the workspace, or nothing. After an update it prints the paths of the build in the state.
"""

import json
import sys

import pulumi
from pulumi import automation

from slipway import ContainerImage

command, name, context, workspace = sys.argv[1:]


def program() -> None:
    image = ContainerImage("app", {"context": context, "force_delete": True})
    pulumi.export("image", image.image_uri)


stack = automation.create_or_select_stack(
    name,
    project_name="inline",
    program=program,
    opts=automation.LocalWorkspaceOptions(work_dir=workspace or None),
)
stack.set_config("aws:region", automation.ConfigValue("eu-west-1"))
if command == "up":
    stack.up()
    state = stack.export_stack().deployment or {}
    inputs = [each["inputs"] for each in state["resources"] if each["type"] == "docker:index/image:Image"]
    sys.stdout.write(json.dumps([[each["build"]["context"], each["build"]["dockerfile"]] for each in inputs]))
elif command == "preview":
    stack.preview(expect_no_changes=True)
else:
    stack.destroy()
