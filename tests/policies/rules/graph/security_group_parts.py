"""Cases of the rules in `graph.security_group_parts`: Security groups: all rules together."""

from tests.support.policies.analyzer import UNKNOWN
from tests.support.policies.graph_samples import (
    ENTRY_OF_WORLD,
    HALF_OPEN_HOST,
    LIST_OF_THE_WORLD,
    OFFICE,
    OLD_RULE,
    OTHER_HALF,
    GraphCase,
    with_props,
)

CASES: list[GraphCase] = [
    GraphCase(
        rule="sg-no-ingress-by-parts",
        stack=HALF_OPEN_HOST,
        fails=[
            {"Rule other": OTHER_HALF},
            {"Rule other": OLD_RULE},
            {"ManagedPrefixList office": LIST_OF_THE_WORLD},
            {"Entry world": ENTRY_OF_WORLD},
        ],
        waits=[{"ManagedPrefixList office": with_props(OFFICE, entries=[{"cidr": UNKNOWN}])}],
        passes=[
            {"Rule other": with_props(OTHER_HALF, fromPort=443, toPort=443)},
            {"SecurityGroupIngressRule list": None, "ManagedPrefixList office": LIST_OF_THE_WORLD},
            {"Rule other": with_props(OLD_RULE, type="egress")},
        ],
    ),
]
