"""An EKS cluster in Auto Mode, or with managed node groups, or an existing one.

Source: https://docs.aws.amazon.com/eks/latest/userguide/automode.html
"""

import pulumi
import pulumi_aws as aws
from pulumi_aws import eks

from slipway.common import Arguments, Context

from ._access_entries import access_entries, tell_outsider
from ._add_ons import nodes_with_add_ons
from ._control_plane import control_plane, log_group_name
from ._eks_args import EksClusterArgs
from ._eks_plan import ClusterPlan, ExistingPlan, cluster_plan
from ._kubeconfig import ClusterAccess


class EksCluster(pulumi.ComponentResource):
    """A Kubernetes cluster with a private API, logs, encrypted secrets, and access for named roles only.

    Creates a cluster in Auto Mode with two roles, a KMS key, a log group, the add-on metrics-server, and an access entry
    for each role. With `node_groups` it creates managed node groups and their add-ons in place of Auto Mode. With
    `cluster_name` it creates nothing.

    Resources of Kubernetes take `kubeconfig`, and depend on the whole component: `depends_on=[cluster]`. They are then made
    after the nodes and the deployer's access, and deleted before them.

    Example::

        from slipway import EksCluster, Network

        network = Network("main", {"eks_subnet_tags": True})
        cluster = EksCluster(
            "main",
            {
                "subnet_ids": network.private_subnet_ids,
                "admins": {"deployer": "arn:aws:iam::123456789012:role/deployer"},
                "allowed_cidr_blocks": ["203.0.113.0/24"],
            },
        )

    Raises ArgumentError on a new cluster without subnets or administrators, principals that are no roles, a role in two
    places, several administrators without a deployer, versions without their form, the whole internet or private networks
    in `allowed_cidr_blocks`, both kinds of nodes, node groups of two architectures, add-ons that Auto Mode has built in,
    and settings beside an existing cluster.
    """

    cluster_name: pulumi.Output[str]
    """Name of the cluster."""
    cluster_arn: pulumi.Output[str]
    """ARN of the cluster."""
    endpoint: pulumi.Output[str]
    """URL of the Kubernetes API."""
    certificate_authority: pulumi.Output[str]
    """Certificate of the API's authority, in PEM and base64, as kubeconfigs have it."""
    oidc_issuer: pulumi.Output[str]
    """URL of the cluster's OpenID Connect issuer."""
    security_group_id: pulumi.Output[str]
    """Security group of the control plane and the nodes, for rules of your own, such as the one of a database."""
    log_group_name: pulumi.Output[str]
    """Log group of the control plane."""
    deployer_role_arn: pulumi.Output[str]
    """Role of deployments, which `kubeconfig` assumes."""
    kubeconfig: pulumi.Output[str]
    """Kubeconfig in JSON for the deployer's role, without a secret, a profile or a path; known once the role has access."""
    kubeconfig_command: pulumi.Output[str]
    """Command that adds the cluster to your own kubeconfig, with the deployer's role."""

    def __init__(self, name: str, args: EksClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        arguments = Arguments.of("EksCluster", name, args, EksClusterArgs)
        plan = cluster_plan(arguments, name)
        super().__init__("slipway:index:EksCluster", name, dict(args), opts)
        context = Context(arguments.who, name, arguments.tags(), pulumi.ResourceOptions(parent=self))
        region = aws.get_region_output(opts=context.lookup).region
        if isinstance(plan, ExistingPlan):
            self._adopt(context, plan)
            access = self._access(region)
        else:
            policy = self._create(context, plan)
            access = pulumi.Output.all(self._access(region), policy.id).apply(lambda known: known[0])
        self.kubeconfig = access.apply(lambda way: way.kubeconfig())
        self.kubeconfig_command = access.apply(lambda way: way.command())
        self.register_outputs(
            {
                "clusterName": self.cluster_name,
                "clusterArn": self.cluster_arn,
                "endpoint": self.endpoint,
                "certificateAuthority": self.certificate_authority,
                "oidcIssuer": self.oidc_issuer,
                "securityGroupId": self.security_group_id,
                "logGroupName": self.log_group_name,
                "deployerRoleArn": self.deployer_role_arn,
                "kubeconfig": self.kubeconfig,
                "kubeconfigCommand": self.kubeconfig_command,
            }
        )

    def _adopt(self, context: Context, plan: ExistingPlan) -> None:
        cluster = eks.get_cluster_output(name=plan.name, opts=context.lookup)
        self.cluster_name = cluster.name
        self.cluster_arn = cluster.arn
        self.endpoint = cluster.endpoint
        self.certificate_authority = cluster.certificate_authorities.apply(lambda them: them[0].data)
        self.oidc_issuer = cluster.identities.apply(lambda them: them[0].oidcs[0].issuer)
        self.security_group_id = cluster.vpc_config.cluster_security_group_id
        self.log_group_name = log_group_name(cluster.name)
        self.deployer_role_arn = pulumi.Output.from_input(plan.deployer_role_arn)

    def _create(self, context: Context, plan: ClusterPlan) -> eks.AccessPolicyAssociation:
        """The resources; the result is the deployer's access."""
        tell_outsider(context, plan.access)
        cluster, nodes = control_plane(context, plan)
        policies = access_entries(context, cluster, plan.access)
        nodes_with_add_ons(context, cluster, nodes, plan.nodes, plan.add_ons)
        self.cluster_name = cluster.name
        self.cluster_arn = cluster.arn
        self.endpoint = cluster.endpoint
        self.certificate_authority = cluster.certificate_authority.data
        self.oidc_issuer = cluster.identities[0].oidcs[0].issuer
        self.security_group_id = cluster.vpc_config.cluster_security_group_id
        self.log_group_name = log_group_name(cluster.name)
        self.deployer_role_arn = pulumi.Output.from_input(plan.access.admins[plan.access.deployer])
        return policies[plan.access.deployer]

    def _access(self, region: pulumi.Output[str]) -> pulumi.Output[ClusterAccess]:
        return pulumi.Output.all(
            name=self.cluster_name,
            arn=self.cluster_arn,
            region=region,
            endpoint=self.endpoint,
            certificate_authority=self.certificate_authority,
            role_arn=self.deployer_role_arn,
        ).apply(lambda known: ClusterAccess(**known))
