"""What EKS's access policies allow, in the cluster or in namespaces."""

from dataclasses import dataclass, field

import pytest

from slipway_sandbox.control_planes.access_policies import Grant, allows

POLICY = "arn:aws:eks::aws:cluster-access-policy/AmazonEKS"


@dataclass(frozen=True)
class Case:
    """A policy, where it holds, and what is asked for."""

    policy: str
    verb: str
    resource: str
    allowed: bool
    group: str = ""
    namespace: str = ""
    namespaces: tuple[str, ...] = field(default=())


CASES = [
    Case("ClusterAdminPolicy", "delete", "nodes", True),
    Case("ClusterAdminPolicy", "create", "roles", True, "rbac.authorization.k8s.io", "web"),
    Case("AdminPolicy", "create", "rolebindings", True, "rbac.authorization.k8s.io", "web", ("web",)),
    Case("AdminPolicy", "create", "clusterrolebindings", False, "rbac.authorization.k8s.io"),
    Case("AdminPolicy", "create", "deployments", False, "apps", "billing", ("web",)),
    Case("AdminPolicy", "list", "pods", False, namespaces=("web",)),
    Case("EditPolicy", "patch", "deployments/scale", True, "apps", "web"),
    Case("EditPolicy", "create", "pods/exec", True, "", "web", ("we*",)),
    Case("EditPolicy", "create", "rolebindings", False, "rbac.authorization.k8s.io", "web"),
    Case("EditPolicy", "create", "deployments", False, "extensions.example.com", "web"),
    Case("ViewPolicy", "watch", "pods/log", True, "", "web"),
    Case("ViewPolicy", "get", "secrets", False, "", "web"),
    Case("ViewPolicy", "delete", "pods", False, "", "web"),
    Case("AdminViewPolicy", "get", "secrets", True, "", "web"),
    Case("AdminViewPolicy", "list", "nodes", True),
    Case("AdminViewPolicy", "update", "secrets", False, "", "web"),
    Case("AutoNodePolicy", "get", "pods", False, "", "web"),
]


@pytest.mark.parametrize("case", CASES, ids=[f"{case.policy} {case.verb} {case.resource}" for case in CASES])
def test_a_policy_allows_what_eks_lists(case: Case) -> None:
    resource, _, subresource = case.resource.partition("/")
    asked = {"verb": case.verb, "group": case.group, "resource": resource, "namespace": case.namespace}
    review = {"resourceAttributes": asked | ({"subresource": subresource} if subresource else {})}
    assert allows([Grant(f"{POLICY}{case.policy}", case.namespaces)], review) is case.allowed
    assert allows([], review) is False


def test_only_an_administrator_of_the_whole_cluster_reads_other_paths() -> None:
    review = {"nonResourceAttributes": {"verb": "get", "path": "/metrics"}}
    assert allows([Grant(f"{POLICY}ClusterAdminPolicy", ())], review) is True
    assert allows([Grant(f"{POLICY}ClusterAdminPolicy", ("web",))], review) is False
    assert allows([Grant(f"{POLICY}AdminViewPolicy", ())], review) is False
