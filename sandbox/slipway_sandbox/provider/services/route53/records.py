"""Records of hosted zones."""

from collections.abc import Iterator

from slipway_sandbox.provider.aws.client import AwsError
from slipway_sandbox.provider.aws.declaration import Failures, Resource, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties import mapping
from slipway_sandbox.provider.properties.names import Names
from slipway_sandbox.provider.protocol.readers import block, blocks, present, text, texts
from slipway_sandbox.provider.protocol.wire import Properties, Value

POLICIES = (
    "cidrRoutingPolicy failoverRoutingPolicies geolocationRoutingPolicies geoproximityRoutingPolicy latencyRoutingPolicies "
    "weightedRoutingPolicies"
)
RECORD_NAMES = {
    "aliases": "AliasTarget",
    "aliases.name": "DNSName",
    "aliases.zoneId": "HostedZoneId",
    "cidrRoutingPolicy": "CidrRoutingConfig",
    "failoverRoutingPolicies": ".",
    "failoverRoutingPolicies.type": "Failover",
    "geolocationRoutingPolicies": "GeoLocation",
    "geolocationRoutingPolicies.continent": "ContinentCode",
    "geolocationRoutingPolicies.country": "CountryCode",
    "geolocationRoutingPolicies.subdivision": "SubdivisionCode",
    "geoproximityRoutingPolicy": "GeoProximityLocation",
    "latencyRoutingPolicies": ".",
    "latencyRoutingPolicies.region": "Region",
    "multivalueAnswerRoutingPolicy": "MultiValueAnswer",
    "records": "ResourceRecords",
    "weightedRoutingPolicies": ".",
    "weightedRoutingPolicies.weight": "Weight",
}
ROUTED = f"{POLICIES} multivalueAnswerRoutingPolicy"
RECORD = f"aliases healthCheckId records ttl {ROUTED}"


def bare(name: Value) -> str:
    """A domain name in lower case and without the last dot."""
    return str(name).lower().rstrip(".")


def records(scope: Scope, zone_id: Value) -> Iterator[Properties]:
    """Every record of a zone."""
    start: dict[str, Value] = {}
    while True:
        reply = scope.call("list_resource_record_sets", HostedZoneId=zone_id, **start)
        yield from blocks(reply, "ResourceRecordSets")
        if not reply["IsTruncated"]:
            return
        start = {"StartRecordName": reply["NextRecordName"], "StartRecordType": reply["NextRecordType"]}


def change(scope: Scope, zone_id: Value, action: str, record: Properties) -> None:
    """One change of one record."""
    batch: dict[str, Value] = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    scope.call("change_resource_record_sets", HostedZoneId=zone_id, ChangeBatch=batch)


def full_name(scope: Scope) -> str:
    """The record's name with the zone's at its end; a program may leave the latter out."""
    zone = bare(block(scope.call("get_hosted_zone", Id=scope.get("zoneId")), "HostedZone")["Name"])
    name = bare(scope.get("name"))
    if not name:
        return zone
    return name if name == zone or name.endswith(f".{zone}") else f"{name}.{zone}"


def find(scope: Scope, name: str) -> Properties | None:
    """The zone's record with this name, and the resource's type and set identifier."""
    for record in records(scope, scope.get("zoneId")):
        is_own = (bare(record["Name"]), record["Type"]) == (name, scope.get("type"))
        if is_own and (record.get("SetIdentifier") or None) == (scope.get("setIdentifier") or None):
            return record
    return None


def quoted(kind: str, value: str) -> str:
    """A record's value for Route 53: texts have quotes."""
    return f'"{value}"' if kind in ("TXT", "SPF") and not value.startswith('"') else value


def upsert(scope: Scope) -> None:
    """Writes the record."""
    inputs, kind = scope.inputs, text(scope.inputs, "type")
    values = present(inputs, f"setIdentifier type {RECORD}")
    if "records" in values:
        values["records"] = [quoted(kind, value) for value in texts(values, "records")]
    request = scope.cloud.client.shape("route53", "change_resource_record_sets", scope.region)
    batch = request.members["ChangeBatch"] if request else None
    shape = batch.members["Changes"].member.members["ResourceRecordSet"] if batch else None
    record = mapping.to_request(shape, values, Names("Record", RECORD_NAMES))
    change(scope, inputs["zoneId"], "UPSERT", {"Name": full_name(scope), **record})


def create_record(scope: Scope) -> Properties:
    """Makes a record. With allowOverwrite it may replace an existing one."""
    name, kind = full_name(scope), text(scope.inputs, "type")
    if not scope.inputs.get("allowOverwrite") and find(scope, name):
        reason = f"Tried to create resource record set [name='{name}.', type='{kind}'] but it already exists"
        raise AwsError("ChangeResourceRecordSets", "InvalidChangeBatch", reason)
    upsert(scope)
    zone_id, set_id = text(scope.inputs, "zoneId"), text(scope.inputs, "setIdentifier", "")
    return {"id": "_".join(filter(None, (zone_id, bare(scope.inputs["name"]), kind, set_id)))}


def read_record(scope: Scope) -> Properties | None:
    """The record, its name in the program's spelling; None without one."""
    name = full_name(scope)
    record = find(scope, name)
    if record is None:
        return None
    values = [text(value, "Value").strip('"') for value in blocks(record, "ResourceRecords")]
    return {**record, "Name": scope.get("name"), "ResourceRecords": values, "ZoneId": scope.get("zoneId"), "Fqdn": name}


def delete_record(scope: Scope) -> None:
    """Takes the record out of its zone."""
    if record := find(scope, full_name(scope)):
        change(scope, scope.get("zoneId"), "DELETE", record)


def comparable_records(values: Value) -> list[str]:
    """Values without quotes, in order."""
    return sorted(value.strip('"') for value in texts({"records": values}, "records"))


def comparable_aliases(aliases: Value) -> list[dict[str, Value]]:
    """Aliases with bare names."""
    return [{**alias, "name": bare(alias.get("name"))} for alias in blocks({"aliases": aliases}, "aliases")]


def validate_record(inputs: Properties) -> Failures:
    """A record has values with a time to live, or is an alias."""
    if ("records" in inputs) == ("aliases" in inputs):
        return [("records", "exactly one of 'records' and 'aliases' is required")]
    if "records" in inputs and "ttl" not in inputs:
        return [("ttl", "is required with 'records'")]
    return []


RESOURCES = (
    Resource(
        "aws:route53/record:Record",
        "route53",
        create=create_record,
        id="id",
        import_pattern=r"(?P<zoneId>[^_]+)_(?P<name>.+?)_(?P<type>[A-Z]+)(?:_(?P<setIdentifier>.+))?",
        read=read_record,
        updates=(Update(RECORD, upsert),),
        delete=delete_record,
        names=RECORD_NAMES,
        reads={
            "failoverRoutingPolicies": "Failover && [{Failover: Failover}]",
            "latencyRoutingPolicies": "Region && [{Region: Region}]",
            "weightedRoutingPolicies": "Weight && [{Weight: Weight}]",
        },
        defaults={"allowOverwrite": False},
        echoed="allowOverwrite",
        compare={
            "name": bare,
            "records": comparable_records,
            "aliases": comparable_aliases,
        },
        immutable={"these are its key": "name setIdentifier type zoneId"},
        exclusive=True,  # records of several types do not stand beside each other
        validate=validate_record,
    ),
)
