"""Capacity providers of Fargate: on demand, and Spot at a lower price with two minutes' notice.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
"""

from pulumi_aws import ecs

Strategy = ecs.ClusterCapacityProvidersDefaultCapacityProviderStrategyArgsDict

ON_DEMAND, SPOT = "FARGATE", "FARGATE_SPOT"


def strategies(spot_percent: int) -> list[Strategy]:
    """Capacity providers for a Spot share; below 100 percent the first task is on demand.

    >>> strategies(60)
    [{'capacity_provider': 'FARGATE', 'base': 1, 'weight': 40}, {'capacity_provider': 'FARGATE_SPOT', 'weight': 60}]
    """
    spot: Strategy = {"capacity_provider": SPOT, "weight": spot_percent}
    if spot_percent == 100:
        return [spot]
    if spot_percent == 0:
        return [{"capacity_provider": ON_DEMAND, "base": 1, "weight": 1}]
    return [{"capacity_provider": ON_DEMAND, "base": 1, "weight": 100 - spot_percent}, spot]
