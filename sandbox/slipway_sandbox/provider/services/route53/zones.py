"""Hosted zones."""

import uuid
from collections.abc import Mapping
from typing import Any

from slipway_sandbox.provider.aws.client import AwsError
from slipway_sandbox.provider.aws.declaration import Autoname, Call, Function, Resource, Tags, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties import mapping
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.services.route53.records import bare, change, records

ZONE_ARN = "arn:aws:route53:::hostedzone/{id}"
OF_ZONE = {"ResourceType": "hostedzone", "ResourceId": "{id}"}
KEPT_BY_ROUTE53 = ("NS", "SOA")  # at the top of a zone; they go with it


def create_zone(scope: Scope) -> Mapping[str, Any]:
    """Creates a zone, private when it names VPCs."""
    vpcs = vpcs_asked(scope)
    config = {"Comment": scope.inputs["comment"], "PrivateZone": bool(vpcs)}
    first = {"VPC": vpcs[0]} if vpcs else {}
    delegation = {"DelegationSetId": scope.inputs["delegationSetId"]} if scope.inputs.get("delegationSetId") else {}
    name, reference = scope.inputs["name"], str(uuid.uuid4())
    reply = scope.call(
        "create_hosted_zone", Name=name, CallerReference=reference, HostedZoneConfig=config, **first, **delegation
    )
    scope.id = reply["HostedZone"]["Id"].rpartition("/")[2]
    sync_vpcs(scope)
    return {"id": scope.id}


def vpcs_asked(scope: Scope) -> list[dict[str, str]]:
    """The VPCs that see the zone, as Route 53 takes them."""
    asked = scope.inputs.get("vpcs") or []
    return [{"VPCId": each["vpcId"], "VPCRegion": each.get("vpcRegion") or scope.region} for each in asked]


def sync_vpcs(scope: Scope) -> None:
    """Makes the VPCs that see the zone those that are asked for; a private zone always has one."""
    wanted = {vpc["VPCId"]: vpc for vpc in vpcs_asked(scope)}
    present = {vpc["VPCId"]: vpc for vpc in scope.call("get_hosted_zone", Id=scope.id).get("VPCs", [])}
    for vpc_id in wanted.keys() - present.keys():
        scope.call("associate_vpc_with_hosted_zone", HostedZoneId=scope.id, VPC=wanted[vpc_id])
    for vpc_id in present.keys() - wanted.keys():
        scope.call("disassociate_vpc_from_hosted_zone", HostedZoneId=scope.id, VPC=present[vpc_id])


def read_zone(scope: Scope) -> Mapping[str, Any] | None:
    """The zone with its name servers and VPCs."""
    reply = scope.call("get_hosted_zone", Id=scope.id)
    zone, servers = reply["HostedZone"], reply.get("DelegationSet", {}).get("NameServers", [])
    return {
        "id": scope.id,
        "Name": bare(zone["Name"]),
        "Comment": zone.get("Config", {}).get("Comment", ""),
        "NameServers": sorted(servers),
        "PrimaryNameServer": servers[0] if servers else "",
        "VPCs": reply.get("VPCs", []),
    }


def change_tags(scope: Scope) -> None:
    """Route 53 adds and removes tags in one call."""
    removed = sorted((scope.state.get("tagsAll") or {}).keys() - scope.tags.keys())
    change = {"AddTags": [{"Key": key, "Value": value} for key, value in scope.tags.items()], "RemoveTagKeys": removed}
    given = {name: value for name, value in change.items() if value}
    scope.call("change_tags_for_resource", ResourceType="hostedzone", ResourceId=scope.id, **given)


def delete_zone(scope: Scope) -> None:
    """Deletes the zone; with forceDestroy its records first, else only one that is empty, as Route 53 demands."""
    own = [each for each in records(scope, scope.id) if each["Type"] not in KEPT_BY_ROUTE53]
    if own and not scope.state.get("forceDestroy"):
        reason = "The specified hosted zone contains non-required resource record sets and so cannot be deleted"
        raise AwsError("DeleteHostedZone", "HostedZoneNotEmpty", reason)
    for each in own:
        change(scope, scope.id, "DELETE", each)
    scope.call("delete_hosted_zone", Id=scope.id)


def get_zone(scope: Scope) -> Mapping[str, Any]:
    """The one zone of that name or id; a private one with privateZone or a VPC."""
    arguments = scope.inputs
    found = []
    for zone in scope.call("list_hosted_zones")["HostedZones"]:
        scope.id = zone["Id"].rpartition("/")[2]
        is_private = bool(zone.get("Config", {}).get("PrivateZone"))
        if arguments.get("zoneId"):
            is_asked = scope.id == arguments["zoneId"]
        else:
            wants_private = bool(arguments.get("privateZone") or arguments.get("vpcId"))
            is_asked = bare(zone["Name"]) == bare(arguments.get("name")) and is_private == wants_private
        if is_asked:
            found.append({**(read_zone(scope) or {}), "count": zone["ResourceRecordSetCount"], "private": is_private})
    if vpc_id := arguments.get("vpcId"):
        found = [each for each in found if vpc_id in [vpc["VPCId"] for vpc in each["VPCs"]]]
    if len(found) != 1:
        what = arguments.get("zoneId") or arguments.get("name")
        raise ProviderError(
            f"{len(found) or 'no'} hosted zones match {what!r}; create one, or say which is meant by zoneId"
        )
    zone, scope.id = found[0], found[0]["id"]
    listed = scope.call("list_tags_for_resource", ResourceType="hostedzone", ResourceId=scope.id)["ResourceTagSet"][
        "Tags"
    ]
    return {
        **arguments,
        "id": scope.id,
        "zoneId": scope.id,
        "arn": scope.fill(ZONE_ARN),
        "callerReference": "",
        "comment": zone["Comment"],
        "enableAcceleratedRecovery": False,
        "linkedServiceDescription": "",
        "linkedServicePrincipal": "",
        "name": zone["Name"],
        "nameServers": zone["NameServers"],
        "primaryNameServer": zone["PrimaryNameServer"],
        "privateZone": zone["private"],
        "resourceRecordSetCount": zone["count"],
        "tags": mapping.as_map(listed),
    }


RESOURCES = (
    Resource(
        "aws:route53/zone:Zone",
        "route53",
        create=create_zone,
        id="id",
        read=read_zone,
        updates=(
            Update("comment", Call("update_hosted_zone_comment", {"Id": "{id}"})),
            Update("vpcs", sync_vpcs),
        ),
        delete=delete_zone,
        tags=Tags(set_all=change_tags, read=Call("list_tags_for_resource", OF_ZONE, reply="ResourceTagSet.Tags")),
        autoname=Autoname(),
        computed={"arn": ZONE_ARN, "zoneId": "{id}"},
        defaults={"comment": "Managed by Pulumi", "enableAcceleratedRecovery": False, "forceDestroy": False},
        echoed="enableAcceleratedRecovery forceDestroy",
        compare={"name": bare},
        immutable={"a zone is its name": "name delegationSetId"},
    ),
)
FUNCTIONS = (Function("aws:route53/getZone:getZone", "route53", get_zone),)
