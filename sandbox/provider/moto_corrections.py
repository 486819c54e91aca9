"""What moto 5.2.5 gets wrong in the services that are declared here and a user would be misled by; corrected in its classes.

Each correction says what moto does instead. They hold for its HTTP endpoint as for calls in process.
"""

from functools import wraps
from typing import Any

from sandbox.provider import moto_additions, moto_delivery, moto_domains, moto_queue_order, moto_queue_rules

_installed = False


def install() -> None:
    """Corrects moto; a second call changes nothing."""
    global _installed  # noqa: PLW0603 - moto's classes are as global as this
    if _installed:
        return
    _installed = True
    _queues()
    moto_queue_rules.install()
    moto_queue_order.install()
    moto_delivery.install()
    moto_domains.install()
    moto_additions.install()
    _clusters()


def _queues() -> None:
    """Setting any attribute takes a queue's policy away; RedriveAllowPolicy is taken and never answered."""
    from moto.sqs.models import Queue  # noqa: PLC0415 - after moto's environment is set

    queue: Any = Queue
    set_attributes, attributes = queue._set_attributes, queue.attributes  # noqa: SLF001

    @wraps(set_attributes)
    def keep_policy(self: Any, given: dict[str, Any], now: float | None = None) -> None:
        policy = self.policy if hasattr(self, "_policy_json") else None
        set_attributes(self, {"Policy": policy, **given} if policy else given, now)

    queue._set_attributes = keep_policy  # noqa: SLF001
    queue.redrive_allow_policy = None
    queue.BASE_ATTRIBUTES = [*queue.BASE_ATTRIBUTES, "RedriveAllowPolicy"]
    queue.attributes = property(
        lambda self: {
            name: value for name, value in attributes.fget(self).items() if name != "RedriveAllowPolicy" or value
        }
    )


def _clusters() -> None:
    """ListClusters goes on naming the deleted ones."""
    from moto.ecs.models import EC2ContainerServiceBackend  # noqa: PLC0415

    backend: Any = EC2ContainerServiceBackend
    backend.list_clusters = lambda self: [each.arn for each in self.clusters.values() if each.status == "ACTIVE"]
