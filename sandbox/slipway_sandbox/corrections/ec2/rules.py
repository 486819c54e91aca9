"""Rules of security groups."""

from collections.abc import Callable, Mapping

from moto.ec2.models import EC2Backend

from slipway_sandbox.corrections._decorator import corrects


@corrects(
    EC2Backend.modify_security_group_rules,
    why="moto keeps the group, prefix list or IPv6 network of a rule that is modified; EC2 takes the new one.",
)
def modify_security_group_rules(
    original: Callable[..., None], self: EC2Backend, group_id: str, rules: Mapping[str, Mapping[str, str]]
) -> None:
    original(self, group_id, rules)
    group = self.get_security_group_by_name_or_id(group_id)
    for rule_id, change in rules.items():
        rule = group.get_rule(rule_id) if group else None
        if rule is None:
            continue
        if referenced := change.get("ReferencedGroupId"):
            rule.source_group = {"GroupId": referenced, "OwnerId": self.account_id, "UserId": self.account_id}
        if prefix_list := change.get("PrefixListId"):
            rule.prefix_list_id = prefix_list
        if network := change.get("CidrIpv6"):
            rule.ip_range["CidrIpv6"] = network
