"""What moto 5.2.5 gets wrong in the services that are declared here and a user would be misled by; corrected in its classes.

Each correction says what moto does instead. They hold for its HTTP endpoint as for calls in process.
"""

from functools import cache, wraps
from typing import Any

from slipway_sandbox.corrections import additions as moto_additions
from slipway_sandbox.corrections import archive as moto_archive
from slipway_sandbox.corrections import delivery as moto_delivery
from slipway_sandbox.corrections import domains as moto_domains
from slipway_sandbox.corrections import eks as moto_eks
from slipway_sandbox.corrections import filters as moto_filters
from slipway_sandbox.corrections import queue_order as moto_queue_order
from slipway_sandbox.corrections import queue_rules as moto_queue_rules

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
    moto_filters.install()
    moto_archive.install()
    moto_delivery.install()
    moto_domains.install()
    moto_additions.install()
    _clusters()
    _objects()
    _services()
    _scaling_policies()
    _endpoints()
    _target_groups()
    moto_eks.install()
    _scans()
    _methods()


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


def _services() -> None:
    """A service whose network names no security groups breaks; ECS takes the VPC's default one."""
    from moto.ecs.models import Service  # noqa: PLC0415

    service: Any = Service
    validate = service._validate_network  # noqa: SLF001

    @wraps(validate)
    def without_groups(self: Any, network: dict[str, Any]) -> Any:
        network["awsvpcConfiguration"].setdefault("securityGroups", [])
        return validate(self, network)

    service._validate_network = without_groups  # noqa: SLF001


def _scaling_policies() -> None:
    """A policy that is put again leaves the alarms of the earlier one behind."""
    from moto.applicationautoscaling.models import ApplicationAutoscalingBackend  # noqa: PLC0415
    from moto.applicationautoscaling.models import FakeApplicationAutoscalingPolicy as Policy  # noqa: PLC0415

    backend: Any = ApplicationAutoscalingBackend
    put = backend.put_scaling_policy

    @wraps(put)
    def put_anew(
        self: Any,
        policy_name: str,
        service_namespace: str,
        resource_id: str,
        scalable_dimension: str,
        *body: Any,
        **more: Any,
    ) -> Any:
        key = Policy.formulate_key(service_namespace, resource_id, scalable_dimension, policy_name)
        if before := self.policies.get(key):
            before.delete_alarms(self.account_id, self.region_name)
        return put(self, policy_name, service_namespace, resource_id, scalable_dimension, *body, **more)

    backend.put_scaling_policy = put_anew


def _endpoints() -> None:
    """Route tables that a gateway endpoint gains or loses later do not get or lose its route, and then it is not deleted."""
    from moto.ec2.models import EC2Backend  # noqa: PLC0415

    backend: Any = EC2Backend
    modify = backend.modify_vpc_endpoint

    @wraps(modify)
    def with_routes(self: Any, vpc_id: str, *args: Any, **named: Any) -> None:
        [endpoint] = self.describe_vpc_endpoints(vpc_end_point_ids=[vpc_id])
        before = set(endpoint.route_table_ids or ())
        modify(self, vpc_id, *args, **named)
        after = set(endpoint.route_table_ids or ())
        prefix_list = endpoint.destination_prefix_list_id
        for table in sorted(after - before):
            self.create_route(table, None, gateway_id=endpoint.id, destination_prefix_list_id=prefix_list)
        for table in sorted(before - after):
            self.delete_route(table, None, destination_prefix_list_id=prefix_list)

    backend.modify_vpc_endpoint = with_routes


def _target_groups() -> None:
    """A target group names load balancers that no longer send to it, some twice, and those of a changed listener not."""
    from moto.elbv2.models import ELBv2Backend  # noqa: PLC0415

    backend: Any = ELBv2Backend
    describe = backend.describe_target_groups

    @wraps(describe)
    def with_balancers(self: Any, *args: Any, **named: Any) -> Any:
        senders: dict[str, list[str]] = {}
        for balancer in self.load_balancers.values():
            listeners = balancer.listeners.values()
            actions = [action for listener in listeners for action in listener.default_actions]
            rules = [rule for listener in listeners for rule in listener.rules.values() if rule.priority != "default"]
            actions += [action for rule in rules for action in rule.actions]
            forwards = [each.data for each in actions if each.type == "forward"]
            for arn in {arn for data in forwards for arn in self._get_target_group_arns_from(action_data=data)}:
                senders.setdefault(arn, []).append(balancer.arn)
        for arn, group in self.target_groups.items():
            group.load_balancer_arns = senders.get(arn, [])
        return describe(self, *args, **named)

    backend.describe_target_groups = with_balancers


def _scans() -> None:
    """The scan of an image answers with a made-up vulnerability, of any image at all."""
    from moto.ecr.models import ECRBackend  # noqa: PLC0415

    def not_scanned(_: Any, registry_id: str, repository_name: str, image_id: dict[str, Any]) -> dict[str, Any]:
        return {
            "registryId": registry_id,
            "repositoryName": repository_name,
            "imageId": image_id,
            "imageScanStatus": {"status": "UNSUPPORTED_IMAGE", "description": "the sandbox has no scanner"},
        }

    backend: Any = ECRBackend
    backend.describe_image_scan_findings = not_scanned


def _methods() -> None:
    """On every call moto looks through the methods of the service's class, which is a third of the call."""
    from moto.core import responses, utils  # noqa: PLC0415

    names = cache(lambda cls, _: utils.method_names_from_class(cls))
    named: Any = responses
    named.method_names_from_class = lambda cls: names(cls, len(vars(cls)))  # as operations are added to a class


def _objects() -> None:
    """Deleting a version that is a delete marker breaks, so that a bucket of versions cannot be emptied; a listing of versions
    copies every object, and warns of the copies that it does not close.
    """
    from moto.s3.models import FakeDeleteMarker, FakeKey  # noqa: PLC0415

    marker: Any = FakeDeleteMarker
    marker.dispose = lambda _, **__: None
    key: Any = FakeKey
    key.__del__ = lambda self: self.dispose()
