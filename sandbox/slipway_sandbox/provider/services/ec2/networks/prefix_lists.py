"""Prefix lists: the program's own, and those of AWS's services."""

from slipway_sandbox.provider.aws.declaration import Autoname, Call, Failures, Function, Resource, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol.readers import blocks, text
from slipway_sandbox.provider.protocol.wire import Properties, Value
from slipway_sandbox.provider.services.ec2.common import TAGS, arn
from slipway_sandbox.provider.services.ec2.functions import filters
from slipway_sandbox.provider.services.lookup import as_resource, only, shaped

LIST = {"PrefixListId": "{id}"}


def descriptions(values: Properties) -> dict[str, str]:
    """Descriptions of `entries` by range."""
    return {text(entry, "cidr"): text(entry, "description", "") for entry in blocks(values, "entries")}


def modify_list(scope: Scope) -> None:
    """Changes name, size and entries of a list."""
    before, wanted = descriptions(scope.state), descriptions(scope.inputs)
    request: dict[str, Value] = {"PrefixListName": scope.inputs["name"]}  # always, for moto forgets it otherwise
    if "maxEntries" in scope.changed:
        request["MaxEntries"] = scope.inputs["maxEntries"]
    added = [{"Cidr": cidr, "Description": words} for cidr, words in wanted.items() if before.get(cidr) != words]
    removed = [{"Cidr": cidr} for cidr, words in before.items() if cidr not in wanted or wanted[cidr] != words]
    request |= {name: value for name, value in (("AddEntries", added), ("RemoveEntries", removed)) if value}
    [current] = blocks(scope.call("describe_managed_prefix_lists", PrefixListIds=[scope.id]), "PrefixLists")
    scope.call("modify_managed_prefix_list", PrefixListId=scope.id, CurrentVersion=current["Version"], **request)


def comparable(entries: Value) -> dict[str, str]:
    """Descriptions by range."""
    return descriptions({"entries": entries})


def validate_list(inputs: Properties) -> Failures:
    """A list has at most maxEntries entries."""
    entries, limit = inputs.get("entries"), inputs.get("maxEntries")
    if isinstance(entries, list) and isinstance(limit, int) and len(entries) > limit:
        return [("entries", f"must be {limit} at most, as maxEntries says, got {len(entries)}")]
    return []


def get_managed_prefix_list(scope: Scope) -> Properties:
    """The list by id, name, filters or tags, with its entries."""
    own = {"prefix-list-id": scope.inputs.get("id"), "prefix-list-name": scope.inputs.get("name")}
    matches = blocks(scope.call("describe_managed_prefix_lists", Filters=filters(scope, own)), "PrefixLists")
    list_id = text(only(matches, "prefix lists"), "PrefixListId")
    return as_resource(scope, "aws:ec2/managedPrefixList:ManagedPrefixList", list_id, "ec2.GetManagedPrefixListResult")


def get_prefix_list(scope: Scope) -> Properties:
    """The ranges of a service of AWS, such as com.amazonaws.eu-west-1.s3."""
    own = {"prefix-list-id": scope.inputs.get("prefixListId"), "prefix-list-name": scope.inputs.get("name")}
    matches = blocks(scope.call("describe_prefix_lists", Filters=filters(scope, own)), "PrefixLists")
    match = only(matches, "prefix lists")
    list_id = match["PrefixListId"]
    reply = scope.call("get_managed_prefix_list_entries", PrefixListId=list_id)  # moto answers no Cidrs
    ranges = sorted(text(entry, "Cidr") for entry in blocks(reply, "Entries"))
    values = {"id": list_id, "name": match["PrefixListName"], "cidrBlocks": ranges}
    return shaped(scope, "ec2.GetPrefixListResult", values)


RESOURCES = (
    Resource(
        "aws:ec2/managedPrefixList:ManagedPrefixList",
        "ec2",
        create=Call("create_managed_prefix_list", reply="PrefixList"),
        id="PrefixListId",
        read=(
            Call("describe_managed_prefix_lists", {"PrefixListIds": ["{id}"]}, reply="PrefixLists[0]"),
            Call("get_managed_prefix_list_entries", LIST, reply="{Entries: Entries}"),
        ),
        updates=(Update("entries maxEntries name", modify_list),),
        delete=Call("delete_managed_prefix_list", LIST),
        tags=TAGS,
        autoname=Autoname(),
        names={"name": "PrefixListName"},
        computed={"arn": arn("prefix-list"), "ownerId": "{account}"},
        compare={"entries": comparable},
        renewed="version",
        immutable={"a list holds one kind of address": "addressFamily"},
        gone="State=='delete-complete'",
        validate=validate_list,
    ),
)
FUNCTIONS = (
    Function("aws:ec2/getManagedPrefixList:getManagedPrefixList", "ec2", get_managed_prefix_list),
    Function("aws:ec2/getPrefixList:getPrefixList", "ec2", get_prefix_list),
)
