"""What one run of a task definition changes in it, as botocore's model has it."""

from typing import TypedDict


class ContainerOverride(TypedDict, total=False):
    """The changes of one run to a container definition."""

    name: str
    command: list[str]
    cpu: int
    memory: int
    environment: list["Variable"]


class Variable(TypedDict):
    """An environment variable."""

    name: str
    value: str


class Overrides(TypedDict, total=False):
    """The changes of one run to its task definition."""

    containerOverrides: list[ContainerOverride]
    cpu: str
    executionRoleArn: str
    memory: str
    taskRoleArn: str
