"""Calls of EKS: their members, their answers, and the records on moto's cluster."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import wraps
from typing import NotRequired, TypedDict, TypeVar, cast

from moto.core.responses import ActionResult
from moto.eks.exceptions import ResourceNotFoundException
from moto.eks.models import Cluster
from moto.eks.responses import EKSResponse

from slipway_sandbox.corrections._keeping import kept_table
from slipway_sandbox.documents import Document


class AccessScope(TypedDict, total=False):
    """Where an access policy holds."""

    type: str
    namespaces: list[str]


class VpcConfig(TypedDict, total=False):
    """`resourcesVpcConfig` of a cluster."""

    subnetIds: list[str]


class PodIdentityRequest(TypedDict, total=False):
    """A pod identity of an add-on."""

    namespace: str
    serviceAccount: str
    roleArn: str
    tags: dict[str, str]
    targetRoleArn: str


class Asked(TypedDict, total=False):
    """Members of EKS's calls."""

    accessScope: AccessScope
    addonName: str
    addonVersion: str
    amiType: str
    associatedPolicyArn: str
    associationId: str
    clusterName: str
    encryptionConfig: list[Document]
    kubernetesGroups: list[str]
    launchTemplate: dict[str, str]
    name: str
    namespace: str
    nodeRepairConfig: Document
    nodegroupName: str
    podIdentityAssociations: list[PodIdentityRequest]
    podExecutionRoleArn: str
    policyArn: str
    principalArn: str
    releaseVersion: str
    remoteAccess: Document
    resourceArn: str
    resourcesVpcConfig: VpcConfig
    serviceAccount: str
    tagKeys: list[str]
    tags: dict[str, str]
    targetRoleArn: str
    type: str
    updateConfig: dict[str, int]
    updateId: str
    username: str
    version: str


class Addon(TypedDict):
    """An add-on of a cluster."""

    addonName: str
    clusterName: str
    status: str
    addonVersion: str
    addonArn: str
    health: Document
    createdAt: datetime
    modifiedAt: datetime
    tags: dict[str, str]
    podIdentityAssociations: NotRequired[list[str]]


class PodIdentity(TypedDict):
    """A pod identity association of a cluster."""

    clusterName: str
    namespace: str
    serviceAccount: str
    associationId: str
    associationArn: str
    createdAt: datetime
    modifiedAt: datetime
    tags: dict[str, str]
    disableSessionTags: bool
    externalId: NotRequired[str]
    ownerArn: NotRequired[str]


class AccessEntry(TypedDict):
    """An access entry of a cluster."""

    clusterName: str
    principalArn: str
    kubernetesGroups: list[str]
    accessEntryArn: str
    createdAt: datetime
    modifiedAt: datetime
    tags: dict[str, str]
    username: str
    type: str


class AccessPolicy(TypedDict):
    """A policy of a principal."""

    policyArn: str
    accessScope: AccessScope
    associatedAt: datetime
    modifiedAt: datetime


class Update(TypedDict):
    """An update of a cluster; it is done at once."""

    id: str
    status: str
    type: str
    params: list[dict[str, str]]
    createdAt: datetime
    errors: list[Document]


Answer = Mapping[str, object]
Record = TypeVar("Record")


def answered(operation: Callable[[EKSResponse, Asked], Answer]) -> Callable[[EKSResponse], ActionResult]:
    """A function from a call's members to its answer's, in the form of moto's methods."""

    @wraps(operation)
    def method(self: EKSResponse) -> ActionResult:
        return ActionResult(operation(self, asked_of(self)))

    return method


def asked_of(response: EKSResponse) -> Asked:
    """The call's members, from path, query and body."""
    response.parse_parameters(response.normalized_request)
    return cast(Asked, dict(response.params))  # as botocore's model has them


def now() -> datetime:
    """The time, as the model's timestamps are."""
    return datetime.now(UTC)


def cluster_of(response: EKSResponse, name: str) -> Cluster:
    """Moto's cluster. Raises moto's ResourceNotFoundException."""
    cluster: Cluster = response.eks_backend.describe_cluster(name)
    return cluster


def addons(cluster: Cluster) -> dict[str, Addon]:
    """Add-ons by name."""
    none: dict[str, Addon] = {}
    return kept_table(cluster, "addons", none)


def pod_identities(cluster: Cluster) -> dict[str, PodIdentity]:
    """Pod identity associations by id."""
    none: dict[str, PodIdentity] = {}
    return kept_table(cluster, "pod_identities", none)


def access_entries(cluster: Cluster) -> dict[str, AccessEntry]:
    """Access entries by principal."""
    none: dict[str, AccessEntry] = {}
    return kept_table(cluster, "access_entries", none)


def access_policies(cluster: Cluster) -> dict[str, dict[str, AccessPolicy]]:
    """Access policies by principal and ARN."""
    none: dict[str, dict[str, AccessPolicy]] = {}
    return kept_table(cluster, "access_policies", none)


def updates(cluster: Cluster) -> dict[str, Update]:
    """Updates by id, oldest first."""
    none: dict[str, Update] = {}
    return kept_table(cluster, "updates", none)


def found_in(table: Mapping[str, Record], key: str, cluster: Cluster, message: str) -> Record:
    """One of the kept records. Raises moto's ResourceNotFoundException."""
    if key not in table:
        raise ResourceNotFoundException(clusterName=cluster.name, message=message)
    return table[key]


def arn(response: EKSResponse, kind: str, path: str) -> str:
    """ARN of a part of a cluster."""
    return f"arn:aws:eks:{response.region}:{response.current_account}:{kind}/{path}/{secrets.token_hex(16)}"


def updated(cluster: Cluster, kind: str, asked: Mapping[str, object]) -> Answer:
    """Remembers an update as done, and answers it."""
    update: Update = {
        "id": secrets.token_hex(16),
        "status": "Successful",
        "type": kind,
        "params": [{"type": name[0].upper() + name[1:], "value": str(value)} for name, value in asked.items()],
        "createdAt": now(),
        "errors": [],
    }
    updates(cluster)[update["id"]] = update
    return {"update": update}


def chosen(asked: Mapping[str, object], names: Iterable[str]) -> dict[str, object]:
    """The given members, as far as the call has them."""
    return {name: asked[name] for name in names if name in asked}
