"""Who signs in to a cluster with `aws eks get-token`, and what the API server then lets them do."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.credentials import Credentials

from slipway_sandbox.control_planes import programs
from tests.sandbox.conftest import Box, boxed
from tests.support.eks.api_server import ApiServer
from tests.support.eks.cluster import create_cluster, trusted_role
from tests.support.eks.control_plane import needs_control_plane
from tests.support.eks.get_token import token

pytestmark = [pytest.mark.eks, needs_control_plane]

POLICY = "arn:aws:eks::aws:cluster-access-policy/AmazonEKS"
ELSEWHERE = "https://sts.us-east-1.amazonaws.com"
"""Another endpoint of STS: a token for it is another one, which the API server has not seen."""
PODS = "/api/v1/namespaces/{}/pods"
NODES = "/api/v1/nodes"
BINDINGS = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"


@dataclass(frozen=True)
class World:
    """A sandbox with the cluster `main`."""

    box: Box
    eks: Any
    api: ApiServer
    administrator: Credentials
    roles: list[str] = field(default_factory=list)

    def role(self, name: str) -> tuple[str, Credentials]:
        """A new role's ARN, and keys of its session `ann`."""
        arn = trusted_role(self.box.client("iam"), name)
        keys = self.box.client("sts").assume_role(RoleArn=arn, RoleSessionName="ann")["Credentials"]
        return arn, Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])

    def enter(self, arn: str, **members: object) -> None:
        """Makes the role's access entry."""
        self.eks.create_access_entry(clusterName="main", principalArn=arn, **members)

    def allow(self, arn: str, policy: str, *namespaces: str) -> None:
        """Ties a policy to the role's entry, in these namespaces. Default: in the cluster."""
        scope = {"type": "namespace", "namespaces": list(namespaces)} if namespaces else {"type": "cluster"}
        names = {"clusterName": "main", "principalArn": arn}
        self.eks.associate_access_policy(**names, policyArn=f"{POLICY}{policy}", accessScope=scope)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with boxed(tmp_path_factory.mktemp("access") / "home") as box:
        box.must("start")
        eks = box.client("eks")
        api = ApiServer(create_cluster(box))
        yield World(box, eks, api, Credentials("sandbox", box.home.secret_key.read_text()))


def test_the_creator_is_the_administrator_of_the_cluster(world: World) -> None:
    made = token("main", world.administrator)
    assert world.api.status("GET", NODES, made) == 200
    assert world.api.status("GET", "/metrics", made) == 200
    status, review = world.api.call(
        "POST",
        "/apis/authentication.k8s.io/v1/selfsubjectreviews",
        made,
        {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"},
    )
    assert status == 201
    assert review["status"]["userInfo"] == {
        "username": "arn:aws:iam::123456789012:user/moto",
        "uid": "aws-iam-authenticator:123456789012:AKIAIOSFODNN7EXAMPLE",
        "groups": ["system:authenticated"],
        "extra": {
            "accessKeyId": ["sandbox"],
            "arn": ["arn:aws:iam::123456789012:user/moto"],
            "canonicalArn": ["arn:aws:iam::123456789012:user/moto"],
            "principalId": ["AKIAIOSFODNN7EXAMPLE"],
        },
    }


def test_the_version_is_that_of_the_cluster(world: World) -> None:
    status, version = world.api.call("GET", "/version", token("main", world.administrator))
    assert (status, version["gitVersion"], f"{version['major']}.{version['minor']}") == (
        200,
        f"v{programs.VERSION}",
        world.api.cluster["version"],
    )


def test_nobody_signs_in_without_a_token_of_this_cluster(world: World) -> None:
    forged = Credentials("sandbox", "sandbox")
    unknown = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
    refused = {
        "none": "",
        "of another cluster": token("other", world.administrator),
        "with another secret key": token("main", forged),
        "of nobody": token("main", unknown),
        "of another form": "secret",
    }
    assert {name: world.api.status("GET", NODES, made) for name, made in refused.items()} == dict.fromkeys(refused, 401)
    assert world.api.status("GET", "/readyz") == 200, "anybody may ask whether it works"


def test_a_role_without_an_entry_is_refused_until_it_has_one(world: World) -> None:
    arn, keys = world.role("late")
    assert world.api.status("GET", NODES, token("main", keys)) == 401
    world.enter(arn)
    assert world.api.status("GET", NODES, token("main", keys)) == 403, "it has no policy yet"
    world.allow(arn, "AdminViewPolicy")
    assert world.api.status("GET", NODES, token("main", keys)) == 200


def test_a_change_of_an_entry_acts_at_once_on_a_token_in_use(world: World) -> None:
    arn, keys = world.role("changed")
    made = token("main", keys)
    world.enter(arn)
    world.allow(arn, "AdminViewPolicy")
    assert world.api.status("GET", NODES, made) == 200
    world.eks.disassociate_access_policy(clusterName="main", principalArn=arn, policyArn=f"{POLICY}AdminViewPolicy")
    assert world.api.status("GET", NODES, made) == 403
    world.allow(arn, "ClusterAdminPolicy")
    assert world.api.status("GET", NODES, made) == 200
    world.eks.delete_access_entry(clusterName="main", principalArn=arn)
    assert world.api.status("GET", NODES, token("main", keys, ELSEWHERE)) == 401
    assert world.api.status("GET", NODES, made) in {401, 403}, "the API server knows a token for ten seconds"


def test_a_policy_holds_in_its_namespaces_alone(world: World) -> None:
    arn, keys = world.role("viewer")
    world.enter(arn)
    world.allow(arn, "ViewPolicy", "web", "team-*")
    made = token("main", keys)
    asked = {
        "web": PODS.format("web"),
        "team-a": PODS.format("team-a"),
        "default": PODS.format("default"),
        "all": "/api/v1/pods",
        "secrets": "/api/v1/namespaces/web/secrets",
    }
    assert {name: world.api.status("GET", path, made) for name, path in asked.items()} == {
        "web": 200,
        "team-a": 200,
        "default": 403,
        "all": 403,
        "secrets": 403,
    }


def test_an_entrys_groups_are_those_of_rbac(world: World) -> None:
    arn, keys = world.role("grouped")
    world.enter(arn, kubernetesGroups=["auditors"], username="auditor:{{SessionName}}")
    binding = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": "auditors"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "auditors"}],
    }
    assert world.api.call("POST", BINDINGS, token("main", world.administrator), binding)[0] == 201
    made = token("main", keys)
    status, review = world.api.call(
        "POST",
        "/apis/authentication.k8s.io/v1/selfsubjectreviews",
        made,
        {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"},
    )
    user = review["status"]["userInfo"]
    assert (status, user["username"], user["groups"]) == (201, "auditor:ann", ["auditors", "system:authenticated"])
    assert world.api.status("GET", NODES, made) == 200


def test_an_administrator_of_a_namespace_hands_on_no_rights(world: World) -> None:
    """As on EKS: RBAC does not see the rights that an access policy gives."""
    arn, keys = world.role("namespaced")
    world.enter(arn)
    world.allow(arn, "AdminPolicy", "default")
    binding = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "editors"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "edit"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "editors"}],
    }
    path = "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings"
    made = token("main", keys)
    assert world.api.status("GET", path, made) == 200
    assert world.api.call("POST", path, made, binding)[0] == 403
    assert world.api.call("POST", path, token("main", world.administrator), binding)[0] == 201


def test_what_the_aws_command_signs_reaches_the_cluster(world: World) -> None:
    """With a user's key, which has no session token: the signature alone proves who it is."""
    iam = world.box.client("iam")
    user = iam.create_user(UserName="ben")["User"]
    key = iam.create_access_key(UserName="ben")["AccessKey"]
    world.enter(user["Arn"])
    world.allow(user["Arn"], "AdminViewPolicy")
    endpoint = f"http://127.0.0.1:{world.box.status()['ports']['moto']}"
    keys = Credentials(key["AccessKeyId"], key["SecretAccessKey"])
    assert world.api.status("GET", NODES, token("main", keys, endpoint)) == 200
    iam.update_access_key(UserName="ben", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    assert world.api.status("GET", NODES, token("main", keys, ELSEWHERE)) == 401
