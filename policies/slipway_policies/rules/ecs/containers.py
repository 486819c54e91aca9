"""The container definitions of an ECS task definition.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
"""

from collections.abc import Iterator
from typing import Final

from slipway_policies.engine.resources import Resource
from slipway_policies.engine.values import Plain, Value

TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"
USER_NAMED: Final = ("dockerLabels", "options")  # maps with names chosen by the user


def container_definitions(task: Resource) -> Value:
    """The list of container definitions, with names as in the API: the provider also accepts CloudFormation's `Privileged`."""
    document = task.document("containerDefinitions")
    definitions = document.raw if isinstance(document.raw, list) else []
    cloudformation_names = any(
        name[:1].isupper() for definition in definitions if isinstance(definition, dict) for name in definition
    )
    return document.at(_with_api_names(definitions)) if cloudformation_names else document


def _with_api_names(value: Plain) -> Plain:
    if isinstance(value, list):
        return [_with_api_names(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: value[key] if name in USER_NAMED else _with_api_names(value[key])
        for key in value
        for name in (key[:1].lower() + key[1:],)
    }


def containers(task: Resource) -> Iterator[Value]:
    """Each container definition; one unknown value while the JSON text is unknown."""
    return container_definitions(task).elements()
