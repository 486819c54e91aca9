"""Records of hosted zones."""

from collections.abc import Iterator, Mapping
from typing import Any

from slipway_sandbox.provider.aws.client import AwsError
from slipway_sandbox.provider.aws.declaration import Resource, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties import mapping
from slipway_sandbox.provider.properties.names import Names

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


def bare(name: Any) -> str:
    """A domain name in lower case and without the last dot."""
    return str(name).lower().rstrip(".")


def records(scope: Scope, zone_id: str) -> Iterator[Mapping[str, Any]]:
    """Every record of a zone."""
    start: dict[str, str] = {}
    while True:
        reply = scope.call("list_resource_record_sets", HostedZoneId=zone_id, **start)
        yield from reply["ResourceRecordSets"]
        if not reply["IsTruncated"]:
            return
        start = {"StartRecordName": reply["NextRecordName"], "StartRecordType": reply["NextRecordType"]}


def change(scope: Scope, zone_id: str, action: str, record: Mapping[str, Any]) -> None:
    """One change of one record."""
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    scope.call("change_resource_record_sets", HostedZoneId=zone_id, ChangeBatch=batch)


def full_name(scope: Scope) -> str:
    """The record's name with the zone's at its end, which a program may leave out."""
    name, zone = (
        bare(scope.get("name")),
        bare(scope.call("get_hosted_zone", Id=scope.get("zoneId"))["HostedZone"]["Name"]),
    )
    if not name:
        return zone
    return name if name == zone or name.endswith(f".{zone}") else f"{name}.{zone}"


def find(scope: Scope, name: str) -> Mapping[str, Any] | None:
    """The record of that name, of this type and set."""
    for each in records(scope, scope.get("zoneId")):
        is_own = (bare(each["Name"]), each["Type"]) == (name, scope.get("type"))
        if is_own and (each.get("SetIdentifier") or None) == (scope.get("setIdentifier") or None):
            return each
    return None


def quoted(kind: Any, value: str) -> str:
    """A record's value as Route 53 takes it: texts stand in quotes."""
    return f'"{value}"' if kind in ("TXT", "SPF") and not value.startswith('"') else value


def upsert(scope: Scope) -> None:
    """Makes the record what is asked for."""
    inputs, kind = scope.inputs, scope.inputs["type"]
    given = {name: inputs[name] for name in f"setIdentifier type {RECORD}".split() if inputs.get(name) is not None}
    if "records" in given:
        given["records"] = [quoted(kind, value) for value in given["records"]]
    call: Any = scope.cloud.client.shape("route53", "change_resource_record_sets", scope.region)
    shape = call.members["ChangeBatch"].members["Changes"].member.members["ResourceRecordSet"]
    record = mapping.to_request(shape, given, Names("Record", RECORD_NAMES))
    change(scope, inputs["zoneId"], "UPSERT", {"Name": full_name(scope), **record})


def create_record(scope: Scope) -> Mapping[str, Any]:
    """Makes a record, over one that is there only with allowOverwrite."""
    name, kind = full_name(scope), scope.inputs["type"]
    if not scope.inputs.get("allowOverwrite") and find(scope, name):
        reason = f"Tried to create resource record set [name='{name}.', type='{kind}'] but it already exists"
        raise AwsError("ChangeResourceRecordSets", "InvalidChangeBatch", reason)
    upsert(scope)
    parts = (scope.inputs["zoneId"], bare(scope.inputs["name"]), kind, scope.inputs.get("setIdentifier"))
    return {"id": "_".join(filter(None, parts))}


def read_record(scope: Scope) -> Mapping[str, Any] | None:
    """The record, its name as the program writes it; None when it is not there."""
    name = full_name(scope)
    found = find(scope, name)
    if found is None:
        return None
    values = [each["Value"].strip('"') for each in found.get("ResourceRecords", [])]
    return {**found, "Name": scope.get("name"), "ResourceRecords": values, "ZoneId": scope.get("zoneId"), "Fqdn": name}


def delete_record(scope: Scope) -> None:
    """Takes the record out of its zone."""
    if found := find(scope, full_name(scope)):
        change(scope, scope.get("zoneId"), "DELETE", found)


def validate_record(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
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
            "records": lambda values: sorted(value.strip('"') for value in values or []),
            "aliases": lambda blocks: [{**block, "name": bare(block.get("name"))} for block in blocks or []],
        },
        immutable={"these are its key": "name setIdentifier type zoneId"},
        exclusive=True,  # records of several types do not stand beside each other
        validate=validate_record,
    ),
)
