"""Who uses a cluster, a load balancer, a topic or a VPC, as AWS tells it: the questions of a platform's guard.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServices.html
Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeRules.html
Source: https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html
Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

Client = Callable[[str], Any]
"""Name of an AWS service to its boto3 client; boto3 makes the client's methods at run time."""
Question = Callable[[Client, str, Collection[str]], Iterator[str]]
"""Users of one part, by its id; the ids of the stack's own resources are none of them."""

GONE = ("NotFound", "ClusterInactive")  # in the code of an error: what is gone has no users
RULES_AT_ONCE = 20  # DescribeTags of Elastic Load Balancing takes no more


def cluster_users(client: Client, arn: str, own: Collection[str]) -> Iterator[str]:
    """ECS services of a cluster."""
    pages = client("ecs").get_paginator("list_services").paginate(cluster=arn)
    for service in sorted(it for page in pages for it in page["serviceArns"] if it not in own):
        yield f"ECS service {last(service)!r} in cluster {last(arn)!r}"


def load_balancer_users(client: Client, arn: str, own: Collection[str]) -> Iterator[str]:
    """Listeners of a load balancer, and the rules of all of its listeners."""
    name = arn.split("/")[-2]
    pages = client("elbv2").get_paginator("describe_listeners").paginate(LoadBalancerArn=arn)
    for listener in [it for page in pages for it in page["Listeners"]]:
        if listener["ListenerArn"] not in own:
            yield f"listener on port {listener['Port']} of load balancer {name!r}"
        yield from listener_users(client, listener["ListenerArn"], own)


def listener_users(client: Client, arn: str, own: Collection[str]) -> Iterator[str]:
    """Rules of a listener."""
    elb = client("elbv2")
    pages = elb.get_paginator("describe_rules").paginate(ListenerArn=arn)
    rules = [it for page in pages for it in page["Rules"] if not it["IsDefault"] and it["RuleArn"] not in own]
    names: dict[str, str] = {}
    for start in range(0, len(rules), RULES_AT_ONCE):
        arns = [it["RuleArn"] for it in rules[start : start + RULES_AT_ONCE]]
        for described in elb.describe_tags(ResourceArns=arns)["TagDescriptions"]:
            names[described["ResourceArn"]] = name_tag(described["Tags"])
    for rule in rules:
        name = names.get(rule["RuleArn"], "")
        yield f"rule {name!r} on load balancer {arn.split('/')[-3]!r}" if name else f"rule {rule['RuleArn']}"


def topic_users(client: Client, arn: str, own: Collection[str]) -> Iterator[str]:
    """Subscriptions of a topic."""
    pages = client("sns").get_paginator("list_subscriptions_by_topic").paginate(TopicArn=arn)
    for subscription in [it for page in pages for it in page["Subscriptions"]]:
        if subscription["SubscriptionArn"] not in own:
            # Of an address that people read, only the kind.
            endpoint = subscription["Endpoint"]
            reader = repr(last(endpoint, ":")) if endpoint.startswith("arn:") else "of a subscriber"
            yield f"{subscription['Protocol']} subscription {reader} to topic {last(arn, ':')!r}"


def vpc_users(client: Client, vpc_id: str, own: Collection[str]) -> Iterator[str]:
    """Security groups in a VPC, and network interfaces in none of the groups of the stack."""
    ec2 = client("ec2")
    in_vpc = [{"Name": "vpc-id", "Values": [vpc_id]}]
    pages = ec2.get_paginator("describe_security_groups").paginate(Filters=in_vpc)
    groups = [it for page in pages for it in page["SecurityGroups"]]
    others = [it for it in groups if it["GroupName"] != "default" and it["GroupId"] not in own]
    for group in others:
        yield f"security group {group['GroupName']!r} in {vpc_id}"
    # The interfaces in these groups are told with them; an interface without a group is AWS's own, as a NAT gateway's.
    told = {*own, *(it["GroupId"] for it in others)}
    in_use = [*in_vpc, {"Name": "status", "Values": ["in-use"]}]
    pages = ec2.get_paginator("describe_network_interfaces").paginate(Filters=in_use)
    for interface in [it for page in pages for it in page["NetworkInterfaces"]]:
        in_groups = {it["GroupId"] for it in interface["Groups"]}
        if in_groups and not in_groups & told:
            yield f"network interface {interface['NetworkInterfaceId']} in {vpc_id}"


QUESTIONS: Mapping[str, Question] = {
    "clusters": cluster_users,
    "load_balancers": load_balancer_users,
    "listeners": listener_users,
    "topics": topic_users,
    "vpcs": vpc_users,
}
"""Kind of part to its question."""


def users_of(client: Client, parts: Mapping[str, Collection[str]], own: Collection[str]) -> Sequence[str]:
    """Users of the parts, by kind, each told once. Raises as boto3 does, except for a part that is gone."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - a program only declares the guard

    users: dict[str, None] = {}
    for kind, question in QUESTIONS.items():
        for part in parts.get(kind, ()):
            try:
                users |= dict.fromkeys(question(client, part, own))
            except ClientError as error:
                if not any(word in error.response["Error"]["Code"] for word in GONE):
                    raise
    return list(users)


def name_tag(tags: Sequence[Mapping[str, str]]) -> str:
    """The tag Name; empty without one."""
    return next((it["Value"] for it in tags if it["Key"] == "Name"), "")


def last(arn: str, separator: str = "/") -> str:
    """The last part of an ARN."""
    return arn.rpartition(separator)[2]
