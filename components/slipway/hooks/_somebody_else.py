"""What somebody else deployed to a service since the last update, named before an update puts its own deployment in its place.

The verdict tells it of an unchanged service; a program whose task definition changes does not know the one before.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
"""

import json
import re
from collections.abc import Mapping
from typing import Any

import grpc
import pulumi

from slipway.common import Context

from ._hook import resource_hook
from ._look_up import cause, has_engine, look_up

SERVICE = "aws:ecs/getService:getService"
TASK_DEFINITION = "aws:ecs/getTaskDefinition:getTaskDefinition"


def others_named(context: Context, container: str) -> pulumi.ResourceHookBinding | None:
    """Hooks of an ECS service, which warn in a preview and in an update. `container` is the main one."""
    if not has_engine():
        return None

    async def look(args: pulumi.ResourceHookArgs) -> None:
        before, after = args.old_outputs or {}, args.new_inputs or {}
        deployed = before.get("taskDefinition")
        if not deployed or after.get("taskDefinition") == deployed:
            return
        try:
            service = await look_up(context, SERVICE, {"serviceName": before["name"], "clusterArn": before["cluster"]})
            running = of_somebody_else(service, deployed)
            if not running:
                return
            image = image_of(await look_up(context, TASK_DEFINITION, {"taskDefinition": running}), container)
        except grpc.RpcError as error:
            pulumi.log.debug(f"{context.who}: nobody knows what runs now: {cause(error)}")
            return
        theirs, own = (arn.rpartition("/")[2] for arn in (running, deployed))
        pulumi.log.warn(
            f"{context.who}: somebody else deployed {theirs} in place of {own}, with the image {image}; "
            "this update replaces it, so give the program that image, or deploy by the program alone"
        )

    hook = resource_hook(f"{context.name}-others", look, on_dry_run=True)
    return pulumi.ResourceHookBinding(before_update=[hook])


def of_somebody_else(service: Mapping[str, Any], deployed: str) -> str:
    """ARN of the task definition that somebody else deployed; empty for none, and where ECS came back by itself."""
    primary = next((it for it in service["deployments"] if it["status"] == "PRIMARY"), None)
    if primary is None or primary["taskDefinition"] == deployed:
        return ""
    back = re.compile(rf"rolling back to deployment {re.escape(str(primary['id']))}\b")
    is_back = any(back.search(str(event["message"])) for event in service["events"])
    return "" if is_back else str(primary["taskDefinition"])


def image_of(definition: Mapping[str, Any], container: str) -> str:
    """Image of a container in a task definition, else of the first one."""
    containers = json.loads(definition["containerDefinitions"])
    return str(next((it for it in containers if it["name"] == container), containers[0])["image"])
