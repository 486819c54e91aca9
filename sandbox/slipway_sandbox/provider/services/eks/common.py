"""What every EKS resource shares."""

from slipway_sandbox.provider.aws.declaration import Call, Tags

NAME = {"clusterName": "{clusterName}"}


def tags(arn: str) -> Tags:
    """The calls for tags, on the property that has the ARN."""
    return Tags(
        add=Call("tag_resource", {"resourceArn": f"{{{arn}}}"}),
        remove=Call("untag_resource", {"resourceArn": f"{{{arn}}}"}),
    )
