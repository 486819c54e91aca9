"""Further changes for the rules over the stack: such as still pass, and such as do not."""

import json
from collections.abc import Mapping
from dataclasses import replace

from tests.policies.rules.graph.cases_graph_more_messages import MORE_MESSAGES, Change
from tests.support.policies.analyzer import UNKNOWN, Node
from tests.support.policies.graph_samples import (
    BALANCER,
    GATEWAY,
    GRANT,
    IN_GROUP,
    KEY,
    QUEUE_ARN,
    QUEUE_URL,
    ROLE_NODE,
    ROUTE,
    SECRET_ARN,
    SERVICE_NODE,
    SUBNET,
    TABLE,
    TARGETS,
    TOPIC_ARN,
    TRUST,
    VPC,
    WORKER_TASK,
    new,
    policy,
    with_props,
)
from tests.support.policies.samples import (
    GROUP,
    GROUP_RULE,
    INGRESS_RULE,
    QUEUE,
    REPOSITORY,
    ROLE,
    ROLE_POLICY,
    TASK,
    tcp,
)

DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
MAIN_ASSOCIATION = "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation"
LIFECYCLE, WEB_ACL = "aws:ecr/lifecyclePolicy:LifecyclePolicy", "aws:wafv2/webAclAssociation:WebAclAssociation"
KEY_POLICY, RULE = "aws:kms/keyPolicy:KeyPolicy", "aws:lb/listenerRule:ListenerRule"
ATTACHMENT, EGRESS_RULE = (
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
)
FLOW_LOG = "aws:ec2/flowLog:FlowLog"
FROM_NETWORK = new(
    INGRESS_RULE,
    "from-lb",
    {"ipProtocol": "-1", "cidrIpv4": "10.0.0.0/16"},
    securityGroupId=(GROUP, "tasks"),
)
BY_RULE = new(RULE, "api", actions=(TARGETS, "api"), listenerArn=("aws:lb/listener:Listener", "api"))
PLAIN_LISTENER = new("aws:lb/listener:Listener", "api", loadBalancerArn=(BALANCER, "api"))
OUTSIDE = with_props(SERVICE_NODE, networkConfiguration={"assignPublicIp": True, "subnets": [UNKNOWN]})
BY_ATTACHMENT = Node(ATTACHMENT, "work", {"role": "work-role", "policyArn": "arn:aws:iam::1:policy/elsewhere"})


WORK_QUEUE = Node(QUEUE, "work", {"arn": QUEUE_ARN, "url": QUEUE_URL})


def grant(*statements: Mapping[str, object]) -> Change:
    """The worker's role with these statements."""
    return {"RolePolicy work": with_props(GRANT, policy=policy(*statements))}


def trust(principal: Mapping[str, object]) -> Change:
    """The worker's role with this trust."""
    return {
        "Role work": with_props(
            ROLE_NODE, assumeRolePolicy=policy({"Principal": principal, "Action": "sts:AssumeRole"})
        )
    }


MORE: dict[str, tuple[list[Change], list[Change]]] = {
    "ecs-service-private-subnets": (
        [
            {"Service api": with_props(SERVICE_NODE, networkConfiguration=None), "Route out": None},
            {"RouteTableAssociation p": None},
        ],
        [
            {
                "RouteTableAssociation p": None,
                "Main m": new(MAIN_ASSOCIATION, "m", vpcId=(VPC, "main"), routeTableId=(TABLE, "p")),
                "Route out": new(ROUTE, "out", routeTableId=(TABLE, "p"), gatewayId=(GATEWAY, "g")),
            }
        ],
    ),
    "vpc-endpoints-for-private-tasks": (
        [{"Route out": None}, {"Service api": OUTSIDE, "Route out": None, "VpcEndpoint logs": None}],
        [{"Route out": None, **{f"VpcEndpoint {it}": None for it in ("ecr.api", "ecr.dkr", "logs", "s3")}}],
    ),
    "sg-no-public-ingress": (
        [
            {"SecurityGroupIngressRule web": None},
            {"SecurityGroup tasks": new(GROUP, "tasks", {"ingress": [tcp(443, 443, "10.0.0.0/8")]})},
        ],
        [
            {
                "Rule web": new(
                    GROUP_RULE, "web", {"type": "ingress", **tcp(80, 80, "0.0.0.0/0")}, securityGroupId=(GROUP, "tasks")
                )
            }
        ],
    ),
    "ecs-service-multi-az": (
        [
            {"Service api": with_props(SERVICE_NODE, networkConfiguration=None)} | {"Service api": IN_GROUP},
            {"Service api": None},
        ],
        [
            {"Service api": SERVICE_NODE, "Subnet private": new(SUBNET, "private", {"availabilityZone": "eu-west-1b"})},
            {"Service api": replace(SERVICE_NODE, name="web"), "Service b": SERVICE_NODE},
        ],
    ),
    "alb-target-sg-path": (
        [
            {"SecurityGroupIngressRule from-lb": FROM_NETWORK},
            {"Listener api": PLAIN_LISTENER, "ListenerRule api": BY_RULE},
        ],
        [],
    ),
    "tg-target-type-fargate": (
        [
            {"Service api": with_props(IN_GROUP, networkConfiguration=None), "TargetGroup api": new(TARGETS, "api")},
            {"TargetGroup old": new(TARGETS, "old", {"targetType": "instance"})},
        ],
        [{"TargetGroup api": new(TARGETS, "api", {"targetType": "lambda"})}],
    ),
    "ecs-lb-container-port": (
        [{"Service api": with_props(IN_GROUP, loadBalancers=[])}, {"TaskDefinition api": None}],
        [{"TaskDefinition api": new(TASK, "api", {"containerDefinitions": json.dumps([{"name": "api"}])})}],
    ),
    "ecs-service-min-tasks": (
        [{"Service api": with_props(IN_GROUP, desiredCount=3)}, {"TargetGroup api": None}],
        [{"Service api": with_props(IN_GROUP, desiredCount=0)}],
    ),
    "ecs-task-role-least-privilege": (
        [grant({"Action": "sqs:SendMessage", "Resource": "*"}), {"RolePolicyAttachment work": BY_ATTACHMENT}],
        [grant({"NotAction": "iam:*", "Resource": "*"})],
    ),
    "ecs-task-role-trust": (
        [
            trust({"Service": ["ec2.amazonaws.com", "ecs-tasks.amazonaws.com"]}),
            {"Role work": with_props(ROLE_NODE, arn="arn:another", assumeRolePolicy=policy())},
        ],
        [
            trust({"AWS": "123456789012"}),
            {"Role work": with_props(ROLE_NODE, assumeRolePolicy=TRUST.replace('"Allow"', '"Deny"'))},
        ],
    ),
    "ecs-worker-can-consume": (
        [
            grant({"Action": "sqs:SendMessage", "Resource": QUEUE_ARN}),
            {"RolePolicy work": None, "RolePolicyAttachment work": BY_ATTACHMENT},
            {"RolePolicy work": None, "Queue work": with_props(WORK_QUEUE, redriveAllowPolicy="{}")},
        ],
        [],
    ),
    "ecs-api-can-publish": (
        [grant({"Action": "sns:*", "Resource": "arn:aws:sns:*"}), {"Topic orders": None}],
        [grant({"Action": "sns:Publish", "Resource": f"{TOPIC_ARN}-two"}), {"RolePolicy work": None}],
    ),
    "ecs-execution-role-covers-secrets": (
        [
            grant({"Action": "secretsmanager:Get*", "Resource": f"{SECRET_ARN[:-6]}*"}),
            {"TaskDefinition work": with_props(WORKER_TASK, containerDefinitions=json.dumps([{"name": "work"}]))},
        ],
        [grant({"Action": "secretsmanager:GetSecretValue", "Resource": f"{SECRET_ARN}-two"})],
    ),
    "vpc-flow-logs": (
        [
            {"Vpc main": None},
            {
                "Vpc main": Node(VPC, "main", {"id": "vpc-1"}),
                "FlowLog main": Node(FLOW_LOG, "main", {"vpcId": "vpc-1"}),
            },
        ],
        [{"FlowLog main": new(FLOW_LOG, "main", subnetId=(SUBNET, "a"))}],
    ),
    "vpc-default-sg-closed": (
        [
            {
                "DefaultSecurityGroup main": new(
                    DEFAULT_GROUP, "main", {"ingress": [], "egress": []}, vpcId=(VPC, "main")
                )
            },
            {"Vpc main": None},
        ],
        [{"DefaultSecurityGroup main": new(DEFAULT_GROUP, "main", vpcId=(VPC, "main"), ingress=(GROUP, "tasks"))}],
    ),
    "ecr-lifecycle-policy": (
        [
            {"Repository app": None},
            {
                "Repository app": Node(REPOSITORY, "app", {"name": "shop/app"}),
                "LifecyclePolicy app": Node(LIFECYCLE, "app", {"repository": "shop/app"}),
            },
        ],
        [
            {"Repository web": new(REPOSITORY, "web")},
            {"LifecyclePolicy app": new(LIFECYCLE, "app", repository=(REPOSITORY, "another"))},
        ],
    ),
    "kms-policy-defined": (
        [
            {"Key k": new(KEY, "k"), "KeyPolicy k": new(KEY_POLICY, "k", keyId=(KEY, "k"))},
            {"Key k": new(KEY, "k", policy=(ROLE, "r"))},
        ],
        [{"Key k": new(KEY, "k"), "KeyPolicy k": new(KEY_POLICY, "k", keyId=(KEY, "another"))}],
    ),
    "lb-waf-associated": (
        [
            {"acl": None, "LoadBalancer api": new(BALANCER, "api", {"internal": True})},
            {"acl": None, "LoadBalancer api": new(BALANCER, "api", {"loadBalancerType": "network"})},
        ],
        [
            {"acl": new(WEB_ACL, "api", resourceArn=(BALANCER, "another"))},
            {"LoadBalancer web": new(BALANCER, "web", {"loadBalancerType": "application"})},
        ],
    ),
    "sg-rule-management-conflict": (
        [
            {"SecurityGroup lb": new(GROUP, "lb", {"ingress": [tcp(80, 80)]})},
            {
                "SecurityGroupIngressRule from-lb": None,
                "SecurityGroup tasks": new(GROUP, "tasks", {"ingress": [tcp(80, 80)]}),
            },
        ],
        [
            {
                "SecurityGroup lb": new(GROUP, "lb", {"egress": [tcp(80, 80)]}),
                "Egress": new(EGRESS_RULE, "out", securityGroupId=(GROUP, "lb")),
            }
        ],
    ),
    "iam-role-management-conflict": (
        [
            {
                "RolePolicy work": None,
                "Role work": with_props(ROLE_NODE, inlinePolicies=[{"name": "a", "policy": policy()}]),
            },
            {"Role work": with_props(ROLE_NODE, managedPolicyArns=["arn:aws:iam::aws:policy/ReadOnlyAccess"])},
        ],
        [
            {
                "Role work": new(ROLE, "work", inlinePolicies=(QUEUE, "work")),
                "RolePolicy work": new(ROLE_POLICY, "a", role=(ROLE, "work")),
            },
            {
                "Role work": with_props(ROLE_NODE, managedPolicyArns=["arn:aws:iam::aws:policy/ReadOnlyAccess"]),
                "RolePolicyAttachment work": BY_ATTACHMENT,
            },
        ],
    ),
    **MORE_MESSAGES,
}
