"""Look-ups of the account and the region."""

from slipway_sandbox.provider.aws.declaration import Function
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.readers import blocks, text, texts
from slipway_sandbox.provider.protocol.wire import Properties

DESCRIPTIONS = {
    "eu-west-1": "Europe (Ireland)",
    "eu-central-1": "Europe (Frankfurt)",
    "us-east-1": "US East (N. Virginia)",
}
ARN_PARTS = ("partition", "service", "region", "account", "resource")


def get_region(scope: Scope) -> Properties:
    """The named region, or the provider's own."""
    region = text(scope.inputs, "name", "") or scope.region
    description = DESCRIPTIONS.get(region, region)
    endpoint = f"ec2.{region}.amazonaws.com"
    return {"id": region, "name": region, "region": region, "description": description, "endpoint": endpoint}


def get_caller_identity(scope: Scope) -> Properties:
    """The caller, as STS knows it."""
    identity = scope.call("get_caller_identity")
    account = identity["Account"]
    return {"id": account, "accountId": account, "arn": identity["Arn"], "userId": identity["UserId"]}


def get_partition(_: Scope) -> Properties:
    """The partition aws."""
    return {"id": "aws", "partition": "aws", "dnsSuffix": "amazonaws.com", "reverseDnsPrefix": "com.amazonaws"}


def get_availability_zones(scope: Scope) -> Properties:
    """The region's zones, by state and without the excluded ones."""
    filters = [
        {"Name": condition["name"], "Values": condition["values"]} for condition in blocks(scope.inputs, "filters")
    ]
    zones = blocks(scope.call("describe_availability_zones", Filters=filters), "AvailabilityZones")
    state = scope.inputs.get("state")
    names, ids = texts(scope.inputs, "excludeNames"), texts(scope.inputs, "excludeZoneIds")
    kept = [
        zone
        for zone in zones
        if zone["ZoneName"] not in names and zone["ZoneId"] not in ids and (state is None or zone["State"] == state)
    ]
    kept.sort(key=lambda zone: text(zone, "ZoneName"))
    return {
        **scope.inputs,
        "id": scope.region,
        "names": [zone["ZoneName"] for zone in kept],
        "zoneIds": [zone["ZoneId"] for zone in kept],
        "groupNames": sorted({text(zone, "GroupName", scope.region) for zone in kept}),
    }


def get_default_tags(scope: Scope) -> Properties:
    """The provider's defaultTags."""
    return {"id": scope.account, "tags": dict(scope.settings.default_tags)}


def get_arn(scope: Scope) -> Properties:
    """The parts of an ARN."""
    arn = text(scope.inputs, "arn")
    parts = arn.split(":", 5)
    if len(parts) != len(ARN_PARTS) + 1 or parts[0] != "arn":
        raise ProviderError(f"an ARN looks like arn:aws:service:region:account:resource, got {arn!r}")
    return {"id": arn, "arn": arn, **dict(zip(ARN_PARTS, parts[1:], strict=True))}


FUNCTIONS = (
    Function("aws:index/getArn:getArn", "sts", get_arn),
    Function("aws:index/getAvailabilityZones:getAvailabilityZones", "ec2", get_availability_zones),
    Function("aws:index/getCallerIdentity:getCallerIdentity", "sts", get_caller_identity),
    Function("aws:index/getDefaultTags:getDefaultTags", "sts", get_default_tags),
    Function("aws:index/getPartition:getPartition", "sts", get_partition),
    Function("aws:index/getRegion:getRegion", "ec2", get_region),
)
