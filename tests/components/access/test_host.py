"""Host: hardened like the bastion, reached by nobody who is not named."""

from collections.abc import Mapping

import pytest

from tests.support.components.mocks import Built, build
from tests.support.components.refusals import Refused, refusal
from tests.support.components.samples import COMPONENTS, HOST, RICHEST

Host = COMPONENTS["Host"]
RULES = "securityGroupIngressRule:SecurityGroupIngressRule"


def host(args: Mapping[str, object]) -> Built:
    return build(lambda: Host("jobs", {**HOST, **args}))


def test_a_default_host_is_hardened_private_and_lets_nobody_in() -> None:
    built = host({})
    instance = built.one("instance:Instance", "jobs")
    assert instance.inputs == {
        "ami": "ami-0123456789abcdef0",
        "instanceType": "t4g.micro",
        "subnetId": "subnet-00000001",
        "associatePublicIpAddress": False,
        "vpcSecurityGroupIds": ["jobs-id"],
        "iamInstanceProfile": "jobs",
        "metadataOptions": {"httpEndpoint": "enabled", "httpTokens": "required", "httpPutResponseHopLimit": 1},
        "rootBlockDevice": {"encrypted": True, "volumeType": "gp3", "volumeSize": 8},
        "tags": {"Name": "jobs"},
        "volumeTags": {"Name": "jobs"},
    }
    assert instance.ignore_changes == ["ami"]
    assert built.counts() == {
        "aws:ec2/instance:Instance": 1,
        "aws:ec2/securityGroup:SecurityGroup": 1,
        "aws:iam/instanceProfile:InstanceProfile": 1,
        "aws:iam/role:Role": 1,
        "aws:iam/rolePolicy:RolePolicy": 1,
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": 1,
    }
    assert built.component_outputs("Host") == {
        "instanceId": "jobs-id",
        "privateIp": "10.20.0.5",
        "securityGroupId": "jobs-id",
    }


def test_the_bastion_and_whoever_is_named_may_connect() -> None:
    built = build(lambda: Host("jobs", RICHEST["Host"]))
    keys = ("cidrIpv4", "referencedSecurityGroupId", "fromPort", "toPort")
    assert {resource.name: tuple(resource.inputs.get(key) for key in keys) for resource in built.of_type(RULES)} == {
        "jobs-metrics": (None, "sg-00000002", 9100, 9100),
        "jobs-ssh-from-bastion": (None, "sg-00000001", 22, 22),
        "jobs-web": ("203.0.113.0/24", None, 443, 443),
    }
    assert built.component_outputs("Host")["publicIp"] == "203.0.113.10"


def test_its_ssh_block_jumps_through_the_bastion() -> None:
    jump = {"bastion_name": "door", "bastion_security_group_id": "sg-00000001", "key_name": "door"}
    plain = "Host jobs\n  HostName 10.20.0.5\n  User ec2-user\n  ProxyJump door\n"
    assert host(jump).component_outputs("Host")["sshConfig"] == plain
    with_key = host(jump | {"key_file": "keys/door.pem"}).component_outputs("Host")["sshConfig"]
    assert with_key == f"{plain}  IdentityFile keys/door.pem\n  IdentitiesOnly yes\n"


def test_a_public_host_may_serve_everyone() -> None:
    entry = {"https": {"port": 443, "cidr_block": "0.0.0.0/0"}}
    built = host({"elastic_ip": True, "inbound": entry})
    assert built.one(RULES, "jobs-https").inputs["cidrIpv4"] == "0.0.0.0/0"
    assert built.one("instance:Instance", "jobs").ignore_changes == ["ami", "associatePublicIpAddress"]


def test_other_user_data_is_another_instance_only_when_asked() -> None:
    script = {"user_data": "#!/bin/sh"}
    replaced = host(script | {"user_data_replaces": True}).one("instance:Instance", "jobs")
    assert (replaced.inputs["userData"], replaced.replace_on_changes) == ("#!/bin/sh", ["userData"])
    assert host(script).one("instance:Instance", "jobs").replace_on_changes == []


WRONG = [
    Refused({"instance_type": "small"}, "instance_type must be one like t4g.micro, got 'small'"),
    Refused({"root_volume_gib": 4}, "root_volume_gib must be a whole number 8-16384, got 4"),
    Refused({"root_volume_gib": 20.5}, "root_volume_gib must be a whole number 8-16384, got 20.5"),
    Refused(
        {"user_data": "x" * 16385},
        "user_data must be at most 16384 bytes, got 16385; fetch the rest from S3 at the first start",
    ),
    Refused({"user_data_replaces": True}, "user_data_replaces is for user_data, got no user_data; remove it"),
    Refused(
        {"inbound": {"ssh": {"port": 22, "cidr_block": "0.0.0.0/0"}}},
        "inbound on port 22 must not be open to everyone, got 0.0.0.0/0; "
        "name your own network as 203.0.113.7/32, or leave it empty and use Session Manager",
    ),
    Refused(
        {
            "inbound": {
                "low": {"port": 22, "cidr_block": "0.0.0.0/1"},
                "high": {"port": 22, "cidr_block": "128.0.0.0/1"},
            }
        },
        "inbound on port 22 must not be open to everyone, got 0.0.0.0/1, 128.0.0.0/1; "
        "name your own network as 203.0.113.7/32, or leave it empty and use Session Manager",
    ),
    Refused(
        {"inbound": {"rdp": {"port": 3389, "cidr_block": "0.0.0.0/0"}}},
        "inbound on port 3389 must not be open to everyone, got 0.0.0.0/0; "
        "name your own network as 203.0.113.7/32, or leave it empty and use Session Manager",
    ),
    Refused(
        {"inbound": {"web": {"port": 443}}},
        "set inbound.web.cidr_block or inbound.web.security_group_id, got neither",
    ),
    Refused(
        {"inbound": {"web": {"port": 443, "cidr_block": "10.0.0.0/8", "security_group_id": "sg-00000001"}}},
        "set inbound.web.cidr_block or inbound.web.security_group_id, got both",
    ),
    Refused(
        {"inbound": {"web": {"port": 443, "cidr_block": "10.0.0.1/8"}}},
        "inbound.web.cidr_block must be an IPv4 network, got '10.0.0.1/8'; the network of that address is 10.0.0.0/8",
    ),
    Refused(
        {"inbound": {"web": {"port": 0, "cidr_block": "10.0.0.0/8"}}},
        "inbound.web.port must be a whole number 1-65535, got 0",
    ),
    Refused(
        {"inbound": {"ssh-from-bastion": {"port": 22, "cidr_block": "10.0.0.0/8"}}},
        "the keys of inbound must be letters, digits and hyphens, start with a letter, and not be 'ssh-from-bastion', "
        "got 'ssh-from-bastion'",
    ),
    Refused({"key_file": "door.pem"}, "key_file goes with bastion_name, got no bastion_name; set it too"),
    Refused({"bastion_name": "jobs"}, "bastion_name must be the name of a Bastion, got 'jobs'"),
    Refused({"bastion_name": "the door"}, "bastion_name must be the name of a Bastion, got 'the door'"),
    Refused(
        {"bastion_name": "door", "key_name": "door"},
        "bastion_name needs bastion_security_group_id, got none; give the bastion's security_group_id",
    ),
    Refused(
        {"bastion_name": "door", "bastion_security_group_id": "sg-00000001"},
        "bastion_name needs key_name, got none; give the bastion's key_name",
    ),
    Refused(
        {"public_ip": True},
        "public_ip is not an argument; did you mean elastic_ip?",
    ),
    Refused({"subnet_id": None}, "subnet_id is required, got nothing; give it a value"),
]


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_work_is_refused_before_anything_exists(case: Refused) -> None:
    assert refusal(lambda: Host("jobs", {**HOST, **case.args})) == f"Host 'jobs': {case.says}"
