"""Shared by all IAM resources."""

from slipway_sandbox.provider.aws.declaration import Call, Tags


def tags(kind: str, member: str) -> Tags:
    """The tag calls of one kind of IAM resource."""
    return Tags(add=Call(f"tag_{kind}", {member: "{id}"}), remove=Call(f"untag_{kind}", {member: "{id}"}))
