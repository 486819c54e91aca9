"""Load balancers, their certificates, listener rules and target groups."""

from ._application_load_balancer import Balancer, application_load_balancer
from ._error_alarm import ErrorLimit, error_alarm
from ._listener_rule import ListenerArgs, ListenerPlan, ListenerRuleArgs, Rule, listener_plan
from ._load_balancer_args import LoadBalancerArgs
from ._load_balancer_plan import IDLE_TIMEOUT_SECONDS, NAME_LENGTH, LoadBalancerPlan, load_balancer_plan
from ._rule_clash import clash_hooks
from ._rule_priority import priority
from ._target_group import ONLY_BALANCED, ONLY_TLS, TargetPlan, target_group, target_plan
from .load_balancer import LoadBalancer

__all__ = [
    "IDLE_TIMEOUT_SECONDS",
    "NAME_LENGTH",
    "ONLY_BALANCED",
    "ONLY_TLS",
    "Balancer",
    "ErrorLimit",
    "ListenerArgs",
    "ListenerPlan",
    "ListenerRuleArgs",
    "LoadBalancer",
    "LoadBalancerArgs",
    "LoadBalancerPlan",
    "Rule",
    "TargetPlan",
    "application_load_balancer",
    "clash_hooks",
    "error_alarm",
    "listener_plan",
    "load_balancer_plan",
    "priority",
    "target_group",
    "target_plan",
]
