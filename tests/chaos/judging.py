"""Whether state and cloud are of one mind."""

import json
import re
from pathlib import Path
from typing import Any

from tests.support.clone import run
from tests.support.cloud_contents import client, resources

GHOST = re.compile(r"^ *- +(aws:\S+ +\S+) +delete", re.MULTILINE)


def orphans(root: Path, env: dict[str, str]) -> list[str]:
    """What the cloud has and the state does not name."""
    exported = run(root, env, "pulumi", "stack", "export").stdout
    return sorted(
        f"{kind}: {each}"
        for kind, listed in contents(env).items()
        for each in map(name_of, listed)
        if each not in exported
    )


def contents(env: dict[str, str]) -> dict[str, list[Any]]:
    """What is in the cloud, by kind; finer than the platform's own tests need it."""
    listed: dict[str, list[Any]] = dict(resources(env))
    iam, ec2 = client(env, "iam"), client(env, "ec2")
    listed["role policies"] = [
        f"{role}:{policy}"
        for role in listed["roles"]
        for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]
    ]
    listed["security group rules"] = [
        rule["SecurityGroupRuleId"]
        for rule in ec2.describe_security_group_rules()["SecurityGroupRules"]
        if rule["GroupId"] in {group["GroupId"] for group in groups(env)}
    ]
    listed["subnets"] = [
        subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"] if subnet["VpcId"] in listed["vpcs"]
    ]
    return listed


def groups(env: dict[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client(env, "ec2").describe_security_groups()["SecurityGroups"]
    return [group for group in found if group["GroupName"] != "default"]


def name_of(listed: Any) -> str:
    """The text by which the state names it."""
    if isinstance(listed, str):
        return listed.rpartition("/")[2] if listed.startswith("http") else listed  # a queue's URL names the way to it
    for key in ("TopicArn", "SubscriptionArn", "AlarmName", "ResourceId", "InstanceProfileName"):
        if key in listed:
            return str(listed[key])
    return json.dumps(listed, default=str)


def ghosts(root: Path, env: dict[str, str]) -> list[str]:
    """What the state has and the cloud does not."""
    return GHOST.findall(run(root, env, "pulumi", "refresh", "--preview-only", "--color", "never").stdout)


def second_preview(root: Path, env: dict[str, str]) -> str:
    """Empty where a further update has nothing to do, else the end of the preview."""
    preview = run(root, env, "pulumi", "preview", "--expect-no-changes", "--color", "never")
    return "" if preview.returncode == 0 else preview.stdout[-3000:]
