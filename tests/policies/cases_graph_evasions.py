"""Stacks that say the same thing another way: parts of a rule, other resources, other spellings of AWS."""

from tests.policies.analyzer import UNKNOWN
from tests.policies.graph_samples import GraphCase, new, stack, with_props
from tests.policies.samples import GROUP, GROUP_RULE, INGRESS_RULE, tcp

LIST, ENTRY = "aws:ec2/managedPrefixList:ManagedPrefixList", "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry"
SSH = {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22}
HALF = new(INGRESS_RULE, "half", SSH | {"cidrIpv4": "0.0.0.0/1"}, securityGroupId=(GROUP, "host"))
OTHER_HALF = new(INGRESS_RULE, "other", SSH | {"cidrIpv4": "128.0.0.0/1"}, securityGroupId=(GROUP, "host"))
BY_LIST = new(INGRESS_RULE, "list", SSH, securityGroupId=(GROUP, "host"), prefixListId=(LIST, "office"))
OFFICE = new(LIST, "office", {"entries": [{"cidr": "203.0.113.0/24"}]})
WORLD = with_props(OFFICE, entries=[{"cidr": "0.0.0.0/0"}])
ENTRY_OF_WORLD = new(ENTRY, "world", {"cidr": "::/0"}, prefixListId=(LIST, "office"))
OLD_RULE = new(
    GROUP_RULE,
    "other",
    {"type": "ingress", **tcp(0, 65535, "128.0.0.0/2", "192.0.0.0/2")},
    securityGroupId=(GROUP, "host"),
)
HOST = stack(new(GROUP, "host"), HALF, OFFICE, BY_LIST)

EVASIONS = [
    GraphCase(
        rule,
        HOST,
        [
            {"Rule other": OTHER_HALF},
            {"Rule other": OLD_RULE},
            {"ManagedPrefixList office": WORLD},
            {"Entry world": ENTRY_OF_WORLD},
        ],
        [{"ManagedPrefixList office": with_props(OFFICE, entries=[{"cidr": UNKNOWN}])}],
        also=[
            {"Rule other": with_props(OTHER_HALF, fromPort=443, toPort=443)}
            if rule == "sg-no-ingress-by-parts"
            else {},
            {"SecurityGroupIngressRule list": None, "ManagedPrefixList office": WORLD},
            {"Rule other": with_props(OLD_RULE, type="egress")},
        ],
    )
    for rule in ("sg-no-ingress-by-parts", "sg-no-public-ingress")
]
