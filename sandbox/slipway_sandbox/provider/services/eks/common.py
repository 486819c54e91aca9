"""Shared by all EKS resources."""

from slipway_sandbox.provider.aws.declaration import Call, Tags

NAME = {"clusterName": "{clusterName}"}


def tags(arn: str) -> Tags:
    """The calls for tags; `arn` is the property with the ARN."""
    return Tags(
        add=Call("tag_resource", {"resourceArn": f"{{{arn}}}"}),
        remove=Call("untag_resource", {"resourceArn": f"{{{arn}}}"}),
    )
