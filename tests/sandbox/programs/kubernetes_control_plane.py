"""An EKS control plane as guides set it up: roles, nodes, add-ons, an access entry, and a kubeconfig."""

import json

import pulumi
import pulumi_aws as aws

CLUSTER_POLICIES = ["AmazonEKSClusterPolicy", "AmazonEKSVPCResourceController"]
NODE_POLICIES = ["AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryReadOnly"]


def role(name: str, services: list[str], policies: list[str]) -> tuple[aws.iam.Role, list[pulumi.Resource]]:
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": services},
                "Action": ["sts:AssumeRole", "sts:TagSession"],
            }
        ],
    }
    made = aws.iam.Role(name, assume_role_policy=json.dumps(trust))
    attached: list[pulumi.Resource] = [
        aws.iam.RolePolicyAttachment(f"{name}-{policy}", role=made, policy_arn=f"arn:aws:iam::aws:policy/{policy}")
        for policy in policies
    ]
    return made, attached


vpc = aws.ec2.Vpc("eks", cidr_block="10.100.0.0/16", instance_tenancy="default", enable_dns_hostnames=True)
gateway = aws.ec2.InternetGateway("eks", vpc_id=vpc.id, tags={"Name": "pulumi-vpc-ig"})
route_table = aws.ec2.RouteTable(
    "eks", vpc_id=vpc.id, routes=[aws.ec2.RouteTableRouteArgs(cidr_block="0.0.0.0/0", gateway_id=gateway.id)]
)
subnet_ids = []
for index, zone in enumerate(aws.get_availability_zones().names[:2]):
    subnet = aws.ec2.Subnet(
        f"eks-{zone}",
        assign_ipv6_address_on_creation=False,
        vpc_id=vpc.id,
        map_public_ip_on_launch=True,
        cidr_block=f"10.100.{index}.0/24",
        availability_zone=zone,
        tags={"Name": f"eks-{zone}", "kubernetes.io/role/elb": "1"},
    )
    aws.ec2.RouteTableAssociation(f"eks-{zone}", route_table_id=route_table.id, subnet_id=subnet.id)
    subnet_ids.append(subnet.id)

cluster_role, cluster_policies = role("cluster", ["eks.amazonaws.com"], CLUSTER_POLICIES)
node_role, node_policies = role("nodes", ["ec2.amazonaws.com"], NODE_POLICIES)

cluster = aws.eks.Cluster(
    "eks",
    role_arn=cluster_role.arn,
    access_config=aws.eks.ClusterAccessConfigArgs(authentication_mode="API_AND_CONFIG_MAP"),
    enabled_cluster_log_types=["api", "audit"],
    vpc_config=aws.eks.ClusterVpcConfigArgs(public_access_cidrs=["0.0.0.0/0"], subnet_ids=subnet_ids),
    tags={"Name": "pulumi-eks-cluster"},
    opts=pulumi.ResourceOptions(depends_on=cluster_policies),
)
nodes = aws.eks.NodeGroup(
    "nodes",
    cluster_name=cluster.name,
    node_role_arn=node_role.arn,
    subnet_ids=subnet_ids,
    scaling_config={"desired_size": 2, "max_size": 3, "min_size": 1},
    labels={"team": "web"},
    opts=pulumi.ResourceOptions(depends_on=node_policies),
)
for addon in ("vpc-cni", "coredns", "kube-proxy", "eks-pod-identity-agent"):
    aws.eks.Addon(addon, cluster_name=cluster.name, addon_name=addon, opts=pulumi.ResourceOptions(depends_on=[nodes]))
admin, _ = role("admin", ["ec2.amazonaws.com"], [])
entry = aws.eks.AccessEntry("admin", cluster_name=cluster.name, principal_arn=admin.arn)
aws.eks.AccessPolicyAssociation(
    "admin",
    cluster_name=cluster.name,
    principal_arn=entry.principal_arn,
    policy_arn="arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
    access_scope=aws.eks.AccessPolicyAssociationAccessScopeArgs(type="cluster"),
)
pods, _ = role("pods", ["pods.eks.amazonaws.com"], [])
aws.eks.PodIdentityAssociation(
    "api", cluster_name=cluster.name, namespace="web", service_account="api", role_arn=pods.arn
)
aws.vpc.SecurityGroupIngressRule(
    "from-vpc",
    security_group_id=cluster.vpc_config.cluster_security_group_id,
    ip_protocol="tcp",
    from_port=443,
    to_port=443,
    cidr_ipv4=vpc.cidr_block,
)

kubeconfig = pulumi.Output.json_dumps(
    {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {
                "name": "kubernetes",
                "cluster": {
                    "server": cluster.endpoint,
                    "certificate-authority-data": cluster.certificate_authority.data,
                },
            }
        ],
        "users": [{"name": "aws", "user": {"token": aws.eks.get_cluster_auth_output(name=cluster.name).token}}],
    }
)
pulumi.export("cluster-name", cluster.name)
pulumi.export("kubeconfig-server", kubeconfig.apply(lambda text: json.loads(text)["clusters"][0]["cluster"]["server"]))
pulumi.export("issuer", cluster.identities[0].oidcs[0].issuer)
