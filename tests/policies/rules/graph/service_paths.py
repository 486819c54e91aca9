"""Cases of the rules in `graph.service_paths`: Load balancers and their containers."""

import json

from tests.support.policies.analyzer import UNKNOWN
from tests.support.policies.graph_samples import (
    BALANCER,
    BEHIND,
    FROM_BALANCER,
    IN_GROUP,
    RULE,
    TARGETS,
    GraphCase,
    new,
    with_props,
)
from tests.support.policies.samples import GROUP, GROUP_RULE, INGRESS_RULE, TASK

BY_RULE = new(RULE, "api", actions=(TARGETS, "api"), listenerArn=("aws:lb/listener:Listener", "api"))

FROM_NETWORK = new(
    INGRESS_RULE,
    "from-lb",
    {"ipProtocol": "-1", "cidrIpv4": "10.0.0.0/16"},
    securityGroupId=(GROUP, "tasks"),
)

PLAIN_LISTENER = new("aws:lb/listener:Listener", "api", loadBalancerArn=(BALANCER, "api"))

OF_ITSELF = {"protocol": "tcp", "fromPort": 8080, "toPort": 8080, "self": True}

FROM_LIST = {key: value for key, value in OF_ITSELF.items() if key != "self"} | {"prefixListIds": ["pl-1"]}

SELF_RULE = new(GROUP_RULE, "self", {"type": "ingress", **OF_ITSELF}, securityGroupId=(GROUP, "tasks"))

CHECKED = new(TARGETS, "api", {"targetType": "ip", "healthCheck": {"port": "5000"}})

CHECK_RULE = new(
    INGRESS_RULE,
    "check",
    {"ipProtocol": "tcp", "fromPort": 5000, "toPort": 5000},
    securityGroupId=(GROUP, "tasks"),
    referencedSecurityGroupId=(GROUP, "lb"),
)

SHARED = {
    "SecurityGroupIngressRule from-lb": None,
    "LoadBalancer api": new(BALANCER, "api", {"internal": False}, securityGroups=(GROUP, "tasks")),
}

CASES: list[GraphCase] = [
    GraphCase(
        rule="alb-target-sg-path",
        stack=BEHIND,
        fails=[
            {"SecurityGroupIngressRule from-lb": None},
            {"SecurityGroupIngressRule from-lb": with_props(FROM_BALANCER, fromPort=80, toPort=80)},
            {"SecurityGroupIngressRule from-lb": with_props(FROM_BALANCER, ipProtocol="udp")},
            {"TargetGroup api": CHECKED},
            {
                "TargetGroup api": CHECKED,
                "SecurityGroupIngressRule from-lb": None,
                "SecurityGroupIngressRule check": CHECK_RULE,
            },
        ],
        waits=[
            {"SecurityGroupIngressRule from-lb": with_props(FROM_BALANCER, fromPort=UNKNOWN)},
            {"TargetGroup api": with_props(CHECKED, healthCheck={"port": UNKNOWN})},
            {"TargetGroup api": with_props(CHECKED, healthCheck=UNKNOWN)},
        ],
        passes=[
            {"TargetGroup api": CHECKED, "SecurityGroupIngressRule check": CHECK_RULE},
            {"TargetGroup api": with_props(CHECKED, healthCheck={"port": "traffic-port"})},
            {"TargetGroup api": with_props(CHECKED, healthCheck={"port": "5000", "enabled": False})},
            {"SecurityGroupIngressRule from-lb": FROM_NETWORK},
            {"Listener api": PLAIN_LISTENER, "ListenerRule api": BY_RULE},
        ],
    ),
    GraphCase(
        rule="tg-target-type-fargate",
        stack=BEHIND,
        fails=[
            {"TargetGroup api": new(TARGETS, "api", {"targetType": "instance"})},
            {"TargetGroup api": new(TARGETS, "api")},
            {"TargetGroup api": new(TARGETS, "api", {"targetType": "lambda"})},
        ],
        waits=[{"TargetGroup api": new(TARGETS, "api", {"targetType": UNKNOWN})}],
        passes=[
            {"Service api": with_props(IN_GROUP, networkConfiguration=None), "TargetGroup api": new(TARGETS, "api")},
            {"TargetGroup old": new(TARGETS, "old", {"targetType": "instance"})},
        ],
    ),
    GraphCase(
        rule="ecs-lb-container-port",
        stack=BEHIND,
        fails=[
            {"Service api": with_props(IN_GROUP, loadBalancers=[{"containerName": "web", "containerPort": 8080}])},
            {"Service api": with_props(IN_GROUP, loadBalancers=[{"containerName": "api", "containerPort": 80}])},
            {"TaskDefinition api": new(TASK, "api", {"containerDefinitions": json.dumps([{"name": "api"}])})},
        ],
        waits=[{"Service api": with_props(IN_GROUP, loadBalancers=UNKNOWN)}],
        passes=[{"Service api": with_props(IN_GROUP, loadBalancers=[])}, {"TaskDefinition api": None}],
    ),
    GraphCase(
        rule="ecs-service-min-tasks",
        stack=BEHIND,
        fails=[
            {"Service api": with_props(IN_GROUP, desiredCount=1)},
            {"Service api": with_props(IN_GROUP, desiredCount=None)},
            {"Service api": with_props(IN_GROUP, desiredCount=0)},
        ],
        waits=[{"Service api": with_props(IN_GROUP, desiredCount=UNKNOWN)}],
        passes=[{"Service api": with_props(IN_GROUP, desiredCount=3)}, {"TargetGroup api": None}],
    ),
    GraphCase(
        rule="alb-target-sg-path",
        stack=BEHIND,
        fails=[
            {"SecurityGroupIngressRule from-lb": None, "SecurityGroupRule self": SELF_RULE},
            SHARED | {"SecurityGroupRule self": with_props(SELF_RULE, type="egress")},
            SHARED | {"SecurityGroup tasks": new(GROUP, "tasks", {"ingress": [OF_ITSELF | {"toPort": 8079}]})},
        ],
        waits=[],
        passes=[
            SHARED | {"SecurityGroupRule self": SELF_RULE},
            SHARED | {"SecurityGroup tasks": new(GROUP, "tasks", {"ingress": [OF_ITSELF]})},
            SHARED | {"SecurityGroup tasks": new(GROUP, "tasks", {"ingress": [FROM_LIST]})},
        ],
    ),
]
