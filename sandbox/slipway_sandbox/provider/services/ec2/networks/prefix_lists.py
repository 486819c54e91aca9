"""Lists of address ranges: one's own, and those of AWS's services."""

from collections.abc import Mapping
from typing import Any

from slipway_sandbox.provider.aws.declaration import Autoname, Call, Function, Resource, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.services.ec2.common import TAGS, arn
from slipway_sandbox.provider.services.ec2.functions import filters
from slipway_sandbox.provider.services.lookup import as_resource, one, shaped

LIST = {"PrefixListId": "{id}"}


def modify_list(scope: Scope) -> None:
    """Changes name, size and entries of a list; entries go one by one."""
    before = {each["cidr"]: each.get("description") or "" for each in scope.state.get("entries") or []}
    wanted = {each["cidr"]: each.get("description") or "" for each in scope.inputs.get("entries") or []}
    request: dict[str, Any] = {"PrefixListName": scope.inputs["name"]}  # always, for moto forgets it otherwise
    if "maxEntries" in scope.changed:
        request["MaxEntries"] = scope.inputs["maxEntries"]
    added = [{"Cidr": key, "Description": text} for key, text in wanted.items() if before.get(key) != text]
    removed = [{"Cidr": key} for key, text in before.items() if key not in wanted or wanted[key] != text]
    request |= {name: value for name, value in (("AddEntries", added), ("RemoveEntries", removed)) if value}
    current = scope.call("describe_managed_prefix_lists", PrefixListIds=[scope.id])["PrefixLists"][0]
    scope.call("modify_managed_prefix_list", PrefixListId=scope.id, CurrentVersion=current["Version"], **request)


def comparable(entries: Any) -> Any:
    """Entries by range."""
    return {each["cidr"]: each.get("description") or "" for each in entries or []}


def validate_list(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A list holds no more entries than it was made for."""
    entries, limit = inputs.get("entries"), inputs.get("maxEntries")
    if isinstance(entries, list) and isinstance(limit, int) and len(entries) > limit:
        return [("entries", f"must be {limit} at most, as maxEntries says, got {len(entries)}")]
    return []


def get_managed_prefix_list(scope: Scope) -> Mapping[str, Any]:
    """The list by id, name, filters or tags, with its entries."""
    own = {"prefix_list_id": scope.inputs.get("id"), "prefix_list_name": scope.inputs.get("name")}
    found = scope.call("describe_managed_prefix_lists", Filters=filters(scope, **own))["PrefixLists"]
    list_id = one([each["PrefixListId"] for each in found], "prefix lists")
    return as_resource(scope, "aws:ec2/managedPrefixList:ManagedPrefixList", list_id, "ec2.GetManagedPrefixListResult")


def get_prefix_list(scope: Scope) -> Mapping[str, Any]:
    """The ranges of a service of AWS, such as com.amazonaws.eu-west-1.s3."""
    own = {"prefix_list_id": scope.inputs.get("prefixListId"), "prefix_list_name": scope.inputs.get("name")}
    listed = scope.call("describe_prefix_lists", Filters=filters(scope, **own))["PrefixLists"]
    found = one(listed, "prefix lists")
    list_id = found["PrefixListId"]
    entries = scope.call("get_managed_prefix_list_entries", PrefixListId=list_id)["Entries"]  # moto answers no Cidrs
    ranges = sorted(each["Cidr"] for each in entries)
    values = {"id": list_id, "name": found["PrefixListName"], "cidrBlocks": ranges}
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
