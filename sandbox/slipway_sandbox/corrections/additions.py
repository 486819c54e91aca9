"""Operations that moto 5.2.5 lacks and that the declarations need; added to its classes, so that HTTP has them too.

What they keep is in moto's own backends: it is in the snapshot, and gone after a reset.
"""

from typing import Any

# moto is imported in the functions: its environment is set by then


def install() -> None:
    """Adds them; a second call changes nothing."""
    _connect_endpoints()
    _certificate_options()
    _composite_alarms()
    _data_protection_policies()


def _connect_endpoints() -> None:
    """EC2 Instance Connect endpoints: kept, with their network interface; nothing connects through them."""
    from moto.core.responses import ActionResult  # noqa: PLC0415
    from moto.ec2.exceptions import EC2ClientError  # noqa: PLC0415
    from moto.ec2.responses import EC2Response  # noqa: PLC0415
    from moto.ec2.utils import EC2_RESOURCE_TO_PREFIX, random_resource_id  # noqa: PLC0415

    EC2_RESOURCE_TO_PREFIX["instance-connect-endpoint"] = "eice"
    response: Any = EC2Response

    def kept(self: Any) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = self.ec2_backend.__dict__.setdefault("connect_endpoints", {})
        return found

    def described(self: Any, endpoint: dict[str, Any]) -> dict[str, Any]:
        tags = self.ec2_backend.describe_tags(filters={"resource-id": [endpoint["InstanceConnectEndpointId"]]})
        return {**endpoint, "Tags": [{"Key": tag["key"], "Value": tag["value"]} for tag in tags]}

    def get(self: Any, endpoint_id: str) -> dict[str, Any]:
        if endpoint_id not in kept(self):
            reason = f"The instance connect endpoint ID '{endpoint_id}' does not exist"
            raise EC2ClientError("InvalidInstanceConnectEndpointId.NotFound", reason)
        return kept(self)[endpoint_id]

    def create(self: Any) -> Any:
        backend = self.ec2_backend
        subnet = backend.get_subnet(self._get_param("SubnetId"))
        default = backend.get_security_group_from_name("default", subnet.vpc_id)
        groups = self._get_param("SecurityGroupIds", []) or [default.id]
        endpoint_id = f"eice-{random_resource_id(17)}"
        interface = backend.create_network_interface(
            subnet, None, group_ids=groups, description=f"EC2 Instance Connect Endpoint {endpoint_id}"
        )
        host = f"{endpoint_id}.{random_resource_id(8)}"
        region = backend.region_name
        kept(self)[endpoint_id] = {
            "AvailabilityZone": subnet.availability_zone,
            "DnsName": f"{host}.ec2-instance-connect-endpoint.{region}.amazonaws.com",
            "FipsDnsName": f"{host}.fips.ec2-instance-connect-endpoint.{region}.amazonaws.com",
            "InstanceConnectEndpointArn": f"arn:aws:ec2:{region}:{backend.account_id}:instance-connect-endpoint/{endpoint_id}",
            "InstanceConnectEndpointId": endpoint_id,
            "IpAddressType": self._get_param("IpAddressType") or "ipv4",
            "NetworkInterfaceIds": [interface.id],
            "OwnerId": backend.account_id,
            "PreserveClientIp": self._get_bool_param("PreserveClientIp", False),
            "SecurityGroupIds": groups,
            "State": "create-complete",
            "SubnetId": subnet.id,
            "VpcId": subnet.vpc_id,
        }
        for specification in self._get_param("TagSpecifications", []):
            backend.create_tags([endpoint_id], {tag["Key"]: tag["Value"] for tag in specification["Tags"]})
        return ActionResult({"InstanceConnectEndpoint": described(self, kept(self)[endpoint_id])})

    def describe(self: Any) -> Any:
        wanted = self._get_param("InstanceConnectEndpointIds", []) or list(kept(self))
        return ActionResult({"InstanceConnectEndpoints": [described(self, get(self, each)) for each in wanted]})

    def delete(self: Any) -> Any:
        endpoint = get(self, self._get_param("InstanceConnectEndpointId"))
        del kept(self)[endpoint["InstanceConnectEndpointId"]]
        for interface_id in endpoint["NetworkInterfaceIds"]:
            self.ec2_backend.delete_network_interface(interface_id)
        return ActionResult({"InstanceConnectEndpoint": {**endpoint, "State": "delete-complete"}})

    response.create_instance_connect_endpoint = create
    response.describe_instance_connect_endpoints = describe
    response.delete_instance_connect_endpoint = delete


def _certificate_options() -> None:
    """UpdateCertificateOptions."""
    from moto.acm.responses import AWSCertificateManagerResponse  # noqa: PLC0415
    from moto.core.responses import EmptyResult  # noqa: PLC0415

    def update(self: Any) -> Any:
        certificate = self.acm_backend.get_certificate(self._get_param("CertificateArn"))
        certificate.cert_options = {**certificate.cert_options, **self._get_param("Options")}
        return EmptyResult()

    response: Any = AWSCertificateManagerResponse
    response.update_certificate_options = update


def _composite_alarms() -> None:
    """PutCompositeAlarm, for which moto's metric alarms have a place already; nothing evaluates them."""
    from moto.cloudwatch.responses import CloudWatchResponse  # noqa: PLC0415

    response: Any = CloudWatchResponse
    response.put_composite_alarm = response.put_metric_alarm


def _data_protection_policies() -> None:
    """A topic's data protection policy: kept, not applied to what is published."""
    from moto.core.responses import ActionResult, EmptyResult  # noqa: PLC0415
    from moto.sns.responses import SNSResponse  # noqa: PLC0415

    def put(self: Any) -> Any:
        topic = self.backend.get_topic(self._get_param("ResourceArn"))
        topic.data_protection_policy = self._get_param("DataProtectionPolicy")
        return EmptyResult()

    def get(self: Any) -> Any:
        topic = self.backend.get_topic(self._get_param("ResourceArn"))
        return ActionResult({"DataProtectionPolicy": getattr(topic, "data_protection_policy", "")})

    response: Any = SNSResponse
    response.put_data_protection_policy = put
    response.get_data_protection_policy = get
