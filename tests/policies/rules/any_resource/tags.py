"""Cases of the rules in `any_resource.tags`: Tags."""

from tests.support.policies.analyzer import UNKNOWN
from tests.support.policies.samples import QUEUE, Case, failing_with

CASES: list[Case] = [
    Case(
        rule="required-tags",
        kind=QUEUE,
        passes=[{"tags": {"owner": "shop", "cost-center": "1"}}, {"tags": {"owner": UNKNOWN, "cost-center": "1"}}],
        fails=[
            ({}, ["tags.owner is missing", "tags.cost-center is missing"]),
            ({"tags": {"owner": "shop"}}, ["tags.cost-center is missing"]),
        ],
        waits=[{"tags": UNKNOWN}],
        config={"keys": ["owner", "cost-center"]},
    ),
    failing_with(
        "required-tags",
        QUEUE,
        passes=[{"tags": {"owner": "a", "cost-center": "", "more": "b"}}],
        fails=[({"tags": {"cost-center": "1"}}, "tags.owner is missing")],
        keys=["owner", "cost-center"],
    ),
]
