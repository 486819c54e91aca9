"""Fargate's two kinds of capacity, and a share of the tasks on the one that AWS may take back.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
"""

from pulumi_aws import ecs

Strategy = ecs.ClusterCapacityProvidersDefaultCapacityProviderStrategyArgsDict

ON_DEMAND, SPOT = "FARGATE", "FARGATE_SPOT"


def strategies(spot_percent: int) -> list[Strategy]:
    """Share on Spot to how tasks are spread: below all of them, the first task and the rest of the others are on demand."""
    spot: Strategy = {"capacity_provider": SPOT, "weight": spot_percent}
    if spot_percent == 100:
        return [spot]
    if spot_percent == 0:
        return [{"capacity_provider": ON_DEMAND, "base": 1, "weight": 1}]
    return [{"capacity_provider": ON_DEMAND, "base": 1, "weight": 100 - spot_percent}, spot]
