"""Volumes at instances, and lists of address ranges."""

from collections.abc import Mapping
from typing import Any

from sandbox.provider.declaration import Autoname, Call, Resource, Update
from sandbox.provider.scope import Scope
from sandbox.provider.services.ec2.common import TAGS, arn

LIST = {"PrefixListId": "{id}"}


def detach(scope: Scope) -> None:
    """Takes the volume from the instance, unless skipDestroy leaves it there."""
    if not scope.state.get("skipDestroy"):
        names = {"Device": "deviceName", "InstanceId": "instanceId", "VolumeId": "volumeId"}
        scope.call("detach_volume", **{member: scope.state[name] for member, name in names.items()})


def modify_list(scope: Scope) -> None:
    """Changes name, size and entries of a list; entries go one by one."""
    before = {each["cidr"]: each.get("description") or "" for each in scope.state.get("entries") or []}
    wanted = {each["cidr"]: each.get("description") or "" for each in scope.inputs.get("entries") or []}
    request: dict[str, Any] = {}
    if "name" in scope.changed:
        request["PrefixListName"] = scope.inputs["name"]
    if "maxEntries" in scope.changed:
        request["MaxEntries"] = scope.inputs["maxEntries"]
    added = [{"Cidr": key, "Description": text} for key, text in wanted.items() if before.get(key) != text]
    removed = [{"Cidr": key} for key, text in before.items() if key not in wanted or wanted[key] != text]
    request |= {name: value for name, value in (("AddEntries", added), ("RemoveEntries", removed)) if value}
    if request:
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


RESOURCES = (
    Resource(
        "aws:ec2/volumeAttachment:VolumeAttachment",
        "ec2",
        create=Call("attach_volume"),
        id="{deviceName}:{volumeId}:{instanceId}",
        read=(
            Call(
                "describe_volumes",
                {"VolumeIds": ["{volumeId}"]},
                reply="Volumes[0].Attachments[?InstanceId=='{instanceId}'] | [0]",
            ),
        ),
        delete=detach,
        names={"deviceName": "Device"},
        echoed="forceDetach skipDestroy stopInstanceBeforeDetaching",
        immutable={"the three are all there is": "deviceName instanceId volumeId"},
        missing="IncorrectState InvalidAttachment.NotFound",
    ),
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
