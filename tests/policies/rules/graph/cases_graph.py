"""Stacks that pass each rule over the stack, and changes of them that do not, or that must wait."""

from dataclasses import replace

from tests.policies.rules.graph.cases_graph_evasions import EVASIONS
from tests.policies.rules.graph.cases_graph_hosts import HOST_CASES
from tests.policies.rules.graph.cases_graph_messages import MESSAGE_CASES, SNS_MAY
from tests.policies.rules.graph.cases_graph_more import MORE
from tests.policies.rules.graph.cases_graph_program import PROGRAM_CASES
from tests.policies.rules.graph.cases_graph_unused import UNUSED_CASES
from tests.support.policies.analyzer import UNKNOWN, Node
from tests.support.policies.graph_samples import (
    BEHIND,
    FROM_BALANCER,
    GATEWAY,
    GRANT,
    IN_GROUP,
    KEY,
    NEW_WORKER,
    PRIVATE,
    QUEUE_ARN,
    ROLE_NODE,
    SERVICE_NODE,
    TABLE,
    TARGETS,
    TO_GATEWAY,
    VPC,
    WORKER,
    GraphCase,
    new,
    policy,
    stack,
    with_props,
)
from tests.support.policies.samples import GROUP, INGRESS_RULE, QUEUE, REPOSITORY, ROLE, ROLE_POLICY, tcp

DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
WEB_ACL = "aws:wafv2/webAclAssociation:WebAclAssociation"
OPEN = Node(INGRESS_RULE, "web", {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "0.0.0.0/0"})
TO_BALANCER = new(INGRESS_RULE, "web", OPEN.props, securityGroupId=(GROUP, "lb"))
TO_TASKS = new(INGRESS_RULE, "web", OPEN.props, securityGroupId=(GROUP, "tasks"))
ALL_OF_SQS = policy({"Action": "sqs:*", "Resource": QUEUE_ARN})
LATER_POLICY = {"RolePolicy work": with_props(GRANT, policy=UNKNOWN)}
ENDPOINTS = {
    f"VpcEndpoint {name}": new(ENDPOINT, name, {"serviceName": f"com.amazonaws.eu-west-1.{name}"}, vpcId=(VPC, "main"))
    for name in ("ecr.api", "ecr.dkr", "logs", "s3")
}


STACKS = [
    *MESSAGE_CASES,
    *HOST_CASES,
    *PROGRAM_CASES,
    *UNUSED_CASES,
    GraphCase(
        "ecs-service-private-subnets",
        PRIVATE,
        [
            {"Route out": TO_GATEWAY},
            {"RouteTable p": new(TABLE, "p", routes=(GATEWAY, "g"))},
            {"Route out": with_props(TO_GATEWAY, gatewayId="igw-1")},
        ],
        [],
    ),
    GraphCase(
        "vpc-endpoints-for-private-tasks",
        PRIVATE | ENDPOINTS,
        [
            {"Route out": None, "VpcEndpoint logs": None},
            {"Route out": None, "VpcEndpoint ecr.api": None, "VpcEndpoint s3": None},
        ],
        [{"Route out": None, "VpcEndpoint s3": new(ENDPOINT, "s3", {"serviceName": UNKNOWN}, vpcId=(VPC, "main"))}],
    ),
    GraphCase(
        "sg-no-public-ingress",
        BEHIND | {"SecurityGroupIngressRule web": TO_BALANCER},
        [
            {"SecurityGroupIngressRule web": TO_TASKS},
            {"SecurityGroup tasks": new(GROUP, "tasks", {"ingress": [tcp(443, 443, "0.0.0.0/0")]})},
        ],
        [{"SecurityGroupIngressRule web": with_props(TO_TASKS, cidrIpv4=UNKNOWN)}],
    ),
    GraphCase(
        "ecs-service-multi-az",
        PRIVATE | {"Service api": with_props(SERVICE_NODE, networkConfiguration=None)} | {"Service api": IN_GROUP},
        [{"Service api": SERVICE_NODE}],
        [],
    ),
    GraphCase(
        "alb-target-sg-path",
        BEHIND,
        [
            {"SecurityGroupIngressRule from-lb": None},
            {"SecurityGroupIngressRule from-lb": with_props(FROM_BALANCER, fromPort=80, toPort=80)},
            {"SecurityGroupIngressRule from-lb": with_props(FROM_BALANCER, ipProtocol="udp")},
        ],
        [{"SecurityGroupIngressRule from-lb": with_props(FROM_BALANCER, fromPort=UNKNOWN)}],
    ),
    GraphCase(
        "tg-target-type-fargate",
        BEHIND,
        [
            {"TargetGroup api": new(TARGETS, "api", {"targetType": "instance"})},
            {"TargetGroup api": new(TARGETS, "api")},
        ],
        [{"TargetGroup api": new(TARGETS, "api", {"targetType": UNKNOWN})}],
    ),
    GraphCase(
        "ecs-lb-container-port",
        BEHIND,
        [
            {"Service api": with_props(IN_GROUP, loadBalancers=[{"containerName": "web", "containerPort": 8080}])},
            {"Service api": with_props(IN_GROUP, loadBalancers=[{"containerName": "api", "containerPort": 80}])},
        ],
        [{"Service api": with_props(IN_GROUP, loadBalancers=UNKNOWN)}],
    ),
    GraphCase(
        "ecs-service-min-tasks",
        BEHIND,
        [
            {"Service api": with_props(IN_GROUP, desiredCount=1)},
            {"Service api": with_props(IN_GROUP, desiredCount=None)},
        ],
        [{"Service api": with_props(IN_GROUP, desiredCount=UNKNOWN)}],
    ),
    GraphCase(
        "ecs-task-role-least-privilege",
        WORKER,
        [
            {"RolePolicy work": with_props(GRANT, policy=ALL_OF_SQS)},
            {"Role work": with_props(ROLE_NODE, inlinePolicies=[{"name": "a", "policy": ALL_OF_SQS}])},
            {
                "RolePolicyAttachment a": Node(
                    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
                    "a",
                    {"role": "work-role", "policyArn": "arn:aws:iam::aws:policy/AmazonSQSFullAccess"},
                )
            },
        ],
        [LATER_POLICY],
    ),
    GraphCase(
        "ecs-task-role-trust",
        WORKER,
        [
            {
                "Role work": with_props(
                    ROLE_NODE, assumeRolePolicy=policy({"Principal": {"Service": "ec2.amazonaws.com"}})
                )
            }
        ],
        [{"Role work": with_props(ROLE_NODE, assumeRolePolicy=UNKNOWN)}],
    ),
    GraphCase(
        "ecs-worker-can-consume",
        WORKER,
        [
            {"RolePolicy work": with_props(GRANT, policy=policy({"Action": "sqs:ReceiveMessage", "Resource": "*"}))},
            {"RolePolicy work": with_props(GRANT, policy=policy({"Action": "sqs:*", "Resource": f"{QUEUE_ARN}-2"}))},
            {"RolePolicy work": None},
            {"RolePolicy work": None, **NEW_WORKER},
        ],
        [
            LATER_POLICY,
            NEW_WORKER | {"RolePolicy work": new(ROLE_POLICY, "work", role=(ROLE, "work"), policy=(QUEUE, "work"))},
        ],
    ),
    GraphCase(
        "ecs-api-can-publish",
        WORKER,
        [{"RolePolicy work": with_props(GRANT, policy=policy({"Action": "sns:Subscribe", "Resource": "*"}))}],
        [LATER_POLICY],
    ),
    GraphCase(
        "ecs-execution-role-covers-secrets",
        WORKER,
        [
            {"RolePolicy work": None},
            {"RolePolicy work": with_props(GRANT, policy=policy({"Action": "ssm:GetParameters", "Resource": "*"}))},
        ],
        [LATER_POLICY],
    ),
    GraphCase(
        "vpc-flow-logs",
        stack(new(VPC, "main"), new("aws:ec2/flowLog:FlowLog", "main", vpcId=(VPC, "main"))),
        [{"FlowLog main": None}, {"Vpc second": new(VPC, "second")}],
        [],
    ),
    GraphCase(
        "vpc-default-sg-closed",
        stack(new(VPC, "main"), new(DEFAULT_GROUP, "main", {"ingress": UNKNOWN}, vpcId=(VPC, "main"))),
        [
            {"DefaultSecurityGroup main": None},
            {"DefaultSecurityGroup main": new(DEFAULT_GROUP, "main", {"egress": [tcp(0, 0)]}, vpcId=(VPC, "main"))},
        ],
        [],
    ),
    GraphCase(
        "ecr-lifecycle-policy",
        stack(
            new(REPOSITORY, "app"),
            new("aws:ecr/lifecyclePolicy:LifecyclePolicy", "app", repository=(REPOSITORY, "app")),
        ),
        [{"LifecyclePolicy app": None}],
        [],
    ),
    GraphCase(
        "kms-policy-defined",
        stack(new(KEY, "k", {"policy": SNS_MAY})),
        [{"Key k": new(KEY, "k")}, {"Key k": new(KEY, "k", {"policy": UNKNOWN})}],
        [],
    ),
    GraphCase(
        "lb-waf-associated",
        BEHIND | {"acl": new(WEB_ACL, "api", resourceArn=("aws:lb/loadBalancer:LoadBalancer", "api"))},
        [{"acl": None}],
        [],
    ),
    GraphCase(
        "sg-rule-management-conflict",
        BEHIND,
        [
            {"SecurityGroup tasks": new(GROUP, "tasks", {"ingress": [tcp(80, 80)]})},
            {"SecurityGroup tasks": new(GROUP, "tasks", egress=(GROUP, "lb"))},
        ],
        [],
    ),
    GraphCase(
        "iam-role-management-conflict",
        WORKER,
        [{"Role work": with_props(ROLE_NODE, inlinePolicies=[{"name": "a", "policy": policy()}])}],
        [],
    ),
]
GRAPH_CASES = [
    *(
        replace(
            case,
            also=[*case.also, *MORE.get(case.rule, ([], []))[0]],
            bad=[*case.bad, *MORE.get(case.rule, ([], []))[1]],
        )
        for case in STACKS
    ),
    *EVASIONS,
]
