"""Filter policies of subscriptions: the grammar of SNS, and lists that keep out less than they say."""

from ._policy import SCOPES, check_filter_policy

__all__ = ["SCOPES", "check_filter_policy"]
