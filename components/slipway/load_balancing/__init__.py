"""Load balancers, their certificates, listener rules and target groups."""

from ._application_load_balancer import Balancer, application_load_balancer, listener_beside
from ._listener_rule import ListenerArgs, ListenerRuleArgs, Rule, listener_rules, rule_conditions
from ._load_balancer_args import LoadBalancerArgs
from ._load_balancer_checks import IDLE_TIMEOUT_SECONDS, NAME_LENGTH, check_load_balancer
from ._rule_priority import priority
from ._target_group import ONLY_BALANCED, ONLY_TLS, TargetPlan, target_group, target_plan
from .load_balancer import LoadBalancer

__all__ = [
    "IDLE_TIMEOUT_SECONDS",
    "NAME_LENGTH",
    "ONLY_BALANCED",
    "ONLY_TLS",
    "Balancer",
    "ListenerArgs",
    "ListenerRuleArgs",
    "LoadBalancer",
    "LoadBalancerArgs",
    "Rule",
    "TargetPlan",
    "application_load_balancer",
    "check_load_balancer",
    "listener_beside",
    "listener_rules",
    "priority",
    "rule_conditions",
    "target_group",
    "target_plan",
]
