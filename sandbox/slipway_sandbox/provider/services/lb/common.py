"""Shared by all resources of a load balancer."""

from slipway_sandbox.provider.aws.declaration import Call, Tags

TAGS = Tags(
    add=Call("add_tags", {"ResourceArns": ["{id}"]}),
    remove=Call("remove_tags", {"ResourceArns": ["{id}"]}),
    read=Call("describe_tags", {"ResourceArns": ["{id}"]}, reply="TagDescriptions[0].Tags"),
)
