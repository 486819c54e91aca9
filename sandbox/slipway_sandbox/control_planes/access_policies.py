"""EKS's access policies: their rules, in Kubernetes's words, and what they allow.

Policies of EKS's own parts, such as those of Auto Mode's nodes, are not here: they allow nothing.
Source: https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

ANY = "*"
READ = frozenset({"get", "list", "watch"})
WRITE = frozenset({"create", "delete", "deletecollection", "patch", "update"})
CORE = ""


@dataclass(frozen=True)
class Rule:
    """Verbs on resources of an API group."""

    group: str
    resources: frozenset[str]
    verbs: frozenset[str]

    def allows(self, verb: str, group: str, resource: str) -> bool:
        """Whether it allows a verb on a resource, such as pods/log."""
        return (
            self.group in (ANY, group)
            and not self.verbs.isdisjoint({ANY, verb})
            and not self.resources.isdisjoint({ANY, resource})
        )


def _rules(verbs: frozenset[str], resources: Mapping[str, str]) -> tuple[Rule, ...]:
    return tuple(Rule(group, frozenset(names.split()), verbs) for group, names in resources.items())


APPS = "daemonsets deployments deployments/scale replicasets replicasets/scale"
VIEW = _rules(
    READ,
    {
        "apps": f"{APPS} controllerrevisions daemonsets/status deployments/status replicasets/status statefulsets "
        "statefulsets/scale statefulsets/status",
        "autoscaling": "horizontalpodautoscalers horizontalpodautoscalers/status",
        "batch": "cronjobs cronjobs/status jobs jobs/status",
        "discovery.k8s.io": "endpointslices",
        "extensions": f"{APPS} daemonsets/status deployments/status ingresses ingresses/status networkpolicies replicasets/status "
        "replicationcontrollers/scale",
        "networking.k8s.io": "ingresses ingresses/status networkpolicies",
        "policy": "poddisruptionbudgets poddisruptionbudgets/status",
        CORE: "bindings configmaps endpoints events limitranges namespaces namespaces/status persistentvolumeclaims "
        "persistentvolumeclaims/status pods pods/log pods/status replicationcontrollers replicationcontrollers/scale "
        "replicationcontrollers/status resourcequotas resourcequotas/status serviceaccounts services services/status",
    },
)
INSIDE_PODS = "pods/attach pods/exec pods/portforward pods/proxy"
EDIT = (
    *VIEW,
    *_rules(READ, {CORE: f"{INSIDE_PODS} secrets services/proxy"}),
    *_rules(
        WRITE,
        {
            "apps": f"{APPS} deployments/rollback statefulsets statefulsets/scale",
            "autoscaling": "horizontalpodautoscalers",
            "batch": "cronjobs jobs",
            "extensions": f"{APPS} deployments/rollback ingresses networkpolicies replicationcontrollers/scale",
            "networking.k8s.io": "ingresses networkpolicies",
            "policy": "poddisruptionbudgets",
            CORE: f"{INSIDE_PODS} configmaps events persistentvolumeclaims pods replicationcontrollers replicationcontrollers/scale "
            "secrets serviceaccounts services services/proxy",
        },
    ),
    Rule(CORE, frozenset({"serviceaccounts"}), frozenset({"impersonate"})),
)
ADMIN = (
    *EDIT,
    Rule("authorization.k8s.io", frozenset({"localsubjectaccessreviews"}), frozenset({"create"})),
    Rule("rbac.authorization.k8s.io", frozenset({"rolebindings", "roles"}), READ | WRITE),
)
CLUSTER_ADMIN = "AmazonEKSClusterAdminPolicy"
POLICIES: Mapping[str, Sequence[Rule]] = {
    CLUSTER_ADMIN: (Rule(ANY, frozenset({ANY}), frozenset({ANY})),),
    "AmazonEKSAdminPolicy": ADMIN,
    "AmazonEKSAdminViewPolicy": (Rule(ANY, frozenset({ANY}), READ),),
    "AmazonEKSEditPolicy": EDIT,
    "AmazonEKSViewPolicy": VIEW,
}


@dataclass(frozen=True)
class Grant:
    """A policy that a principal has, and where."""

    policy_arn: str
    namespaces: tuple[str, ...]
    """Empty: in the whole cluster. `*` at the end stands for any text, as in `team-*`."""

    @property
    def policy(self) -> str:
        """Name of the policy."""
        return self.policy_arn.rpartition("/")[2]

    def reaches(self, namespace: str) -> bool:
        """Whether it holds in a namespace; the empty one is the whole cluster."""
        if not self.namespaces:
            return True
        return bool(namespace) and any(
            namespace.startswith(name[:-1]) if name.endswith(ANY) else namespace == name for name in self.namespaces
        )


def allows(grants: Iterable[Grant], review: Mapping[str, Mapping[str, str]]) -> bool:
    """Whether one of the grants allows what the spec of a SubjectAccessReview asks for.

    Source: https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/subject-access-review-v1
    """
    asked = review.get("resourceAttributes")
    if asked is None:  # a path that is no resource's, such as /metrics
        return any(grant.policy == CLUSTER_ADMIN and not grant.namespaces for grant in grants)
    resource = "/".join(part for part in (asked.get("resource", ""), asked.get("subresource", "")) if part)
    return any(
        grant.reaches(asked.get("namespace", ""))
        and any(
            rule.allows(asked.get("verb", ""), asked.get("group", ""), resource)
            for rule in POLICIES.get(grant.policy, ())
        )
        for grant in grants
    )
