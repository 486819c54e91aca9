"""Access to a cluster: entries and policies."""

from slipway_sandbox.provider.aws.declaration import Call, Resource, Update
from slipway_sandbox.provider.services.eks.common import NAME, tags

ENTRY = {**NAME, "principalArn": "{principalArn}"}

RESOURCES = (
    Resource(
        "aws:eks/accessEntry:AccessEntry",
        "eks",
        create=Call("create_access_entry", reply="accessEntry"),
        id="{clusterName}:{principalArn}",
        read=(Call("describe_access_entry", ENTRY, reply="accessEntry"),),
        updates=(Update("kubernetesGroups userName", Call("update_access_entry", ENTRY)),),
        delete=Call("delete_access_entry", ENTRY),
        tags=tags("accessEntryArn"),
        defaults={"type": "STANDARD"},
        immutable={"an entry is for one principal of one kind": "clusterName principalArn type"},
    ),
    Resource(
        "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
        "eks",
        create=Call("associate_access_policy", reply="associatedAccessPolicy"),
        id="{clusterName}#{principalArn}#{policyArn}",
        read=(
            Call(
                "list_associated_access_policies",
                ENTRY,
                reply="associatedAccessPolicies[?policyArn=='{policyArn}'] | [0]",
            ),
        ),
        delete=Call("disassociate_access_policy", {**ENTRY, "policyArn": "{policyArn}"}),
        immutable={"EKS ties a policy anew": "accessScope clusterName policyArn principalArn"},
    ),
)
