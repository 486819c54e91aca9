"""What the containers of the sandbox are called: `docker ps` says which task or instance each one is.

A task's id is random, so two sandboxes with one cluster and one service do not meet.
"""

import re
import secrets

ID_LETTERS = 8  # of a task's id
_FORBIDDEN = re.compile(r"[^a-zA-Z0-9_.-]")


def name_of_task(cluster: str, group: str, definition_arn: str, task_id: str) -> str:
    """Name of a task, and of the container with its network.

    >>> name_of_task("shop", "service:web", "arn:aws:ecs:eu-west-1:1:task-definition/shop-web:3", "4a0cfc10-eceb-4ec9")
    'slipway-shop-web-4a0cfc10'
    >>> name_of_task("shop", "family:migrate", "arn:aws:ecs:eu-west-1:1:task-definition/migrate:1", "e4678ddf-cde1-4cbb")
    'slipway-shop-migrate-e4678ddf'
    """
    kind, _, service = group.partition(":")
    family = definition_arn.rpartition("/")[2].rpartition(":")[0]
    return _allowed(f"slipway-{cluster}-{service if kind == 'service' else family}-{task_id[:ID_LETTERS]}")


def name_of_container(task_name: str, container: str) -> str:
    """Name of one of several containers of a task.

    >>> name_of_container("slipway-shop-web-4a0cfc10", "proxy")
    'slipway-shop-web-4a0cfc10-proxy'
    """
    return _allowed(f"{task_name}-{container}")


def name_of_instance(instance_id: str) -> str:
    """Name of an EC2 instance's container. It is another each time, as an instance is made anew when its door changes."""
    return f"slipway-{instance_id}-{secrets.token_hex(2)}"


def _allowed(name: str) -> str:
    """As Docker takes it: moto takes any name of a cluster."""
    return _FORBIDDEN.sub("-", name)
