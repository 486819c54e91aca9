"""Bastion: closed to strangers, hardened, and the same instance tomorrow."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from slipway.dynamic import write_new_key
from tests.support.components.mocks import Built, build
from tests.support.components.samples import BASTION, COMPONENTS, PUBLIC_KEY

Bastion = COMPONENTS["Bastion"]


def bastion(args: Mapping[str, object]) -> Built:
    return build(lambda: Bastion("door", {**BASTION, **args}))


def with_file(path: str) -> dict[str, object]:
    return {key: value for key, value in BASTION.items() if key != "public_key"} | {"key_file": path}


def test_the_instance_is_hardened_and_stays_when_an_image_appears() -> None:
    built = bastion({})
    instance = built.one("instance:Instance", "door")
    assert instance.inputs == {
        "ami": "ami-0123456789abcdef0",
        "instanceType": "t4g.micro",
        "subnetId": "subnet-00000003",
        "associatePublicIpAddress": False,
        "vpcSecurityGroupIds": ["door-id"],
        "keyName": "door-key",
        "iamInstanceProfile": "door",
        "metadataOptions": {"httpEndpoint": "enabled", "httpTokens": "required", "httpPutResponseHopLimit": 1},
        "rootBlockDevice": {"encrypted": True, "volumeType": "gp3", "volumeSize": 8},
        "tags": {"Name": "door"},
        "volumeTags": {"Name": "door"},
    }
    assert instance.ignore_changes == ["ami", "associatePublicIpAddress"]
    assert built.counts() == {
        "aws:ec2/eip:Eip": 1,
        "aws:ec2/instance:Instance": 1,
        "aws:ec2/keyPair:KeyPair": 1,
        "aws:ec2/securityGroup:SecurityGroup": 1,
        "aws:iam/instanceProfile:InstanceProfile": 1,
        "aws:iam/role:Role": 1,
        "aws:iam/rolePolicy:RolePolicy": 1,
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": 2,
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": 1,
    }


def test_ssh_comes_in_from_the_named_networks_only() -> None:
    built = bastion({"allowed_cidr_blocks": ["203.0.113.7/32", "198.51.100.0/24"]})
    rules = built.of_type("securityGroupIngressRule:SecurityGroupIngressRule")
    assert [
        (resource.inputs["cidrIpv4"], resource.inputs["fromPort"], resource.inputs["toPort"]) for resource in rules
    ] == [
        ("198.51.100.0/24", 22, 22),
        ("203.0.113.7/32", 22, 22),
    ]
    assert bastion({"allowed_cidr_blocks": []}).of_type("securityGroupIngressRule:SecurityGroupIngressRule") == []


def test_it_reaches_the_vpc_and_https() -> None:
    rules = bastion({}).of_type("securityGroupEgressRule:SecurityGroupEgressRule")
    assert [
        (resource.inputs["cidrIpv4"], resource.inputs["fromPort"], resource.inputs["toPort"]) for resource in rules
    ] == [
        ("0.0.0.0/0", 443, 443),
        ("10.20.0.0/16", 0, 65535),
    ]


def test_its_role_serves_session_manager_only() -> None:
    built = bastion({})
    assert json.loads(built.one("rolePolicy:RolePolicy", "door").inputs["policy"])["Statement"] == [
        {
            "Effect": "Allow",
            "Action": [
                "ssm:UpdateInstanceInformation",
                "ssmmessages:CreateControlChannel",
                "ssmmessages:CreateDataChannel",
                "ssmmessages:OpenControlChannel",
                "ssmmessages:OpenDataChannel",
            ],
            "Resource": "*",
        }
    ]
    trusted = json.loads(built.one("role:Role", "door").inputs["assumeRolePolicy"])["Statement"]
    assert trusted == [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]


@pytest.mark.parametrize(
    ("instance_type", "architecture"),
    [
        ("t4g.nano", "arm64"),
        ("a1.medium", "arm64"),
        ("c7gn.large", "arm64"),
        ("t3.micro", "x86_64"),
        ("g5.xlarge", "x86_64"),
    ],
)
def test_the_image_fits_the_processor(instance_type: str, architecture: str) -> None:
    calls = bastion({"instance_type": instance_type}).calls
    looked_up = [call.args for call in calls if call.token == "aws:ssm/getParameter:getParameter"]
    assert looked_up == [{"name": f"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{architecture}"}]


def test_a_key_of_ones_own_needs_no_file() -> None:
    built = bastion({})
    assert built.one("keyPair:KeyPair", "door").inputs["publicKey"] == PUBLIC_KEY
    outputs = built.component_outputs("Bastion")
    assert outputs["sshCommand"] == "ssh ec2-user@203.0.113.10"
    assert outputs["sshConfig"] == "Host door\n  HostName 203.0.113.10\n  User ec2-user\n"
    assert outputs.get("keyFile") is None


def test_a_generated_key_shows_its_public_half_and_its_file() -> None:
    built = build(lambda: Bastion("door", with_file("keys/door.pem")))
    assert built.one("keyPair:KeyPair", "door").inputs["publicKey"] == "ssh-ed25519 AAAA door"
    key = built.one("slipway:PrivateKey", "door").inputs
    assert {name: key[name] for name in key if name != "__provider"} == {
        "path": "keys/door.pem",
        "comment": "door",
        "algorithm": "ed25519",
    }
    outputs = built.component_outputs("Bastion")
    assert outputs["sshCommand"] == "ssh -i keys/door.pem ec2-user@203.0.113.10"
    assert outputs["sshConfig"] == (
        "Host door\n  HostName 203.0.113.10\n  User ec2-user\n  IdentityFile keys/door.pem\n  IdentitiesOnly yes\n"
    )
    assert outputs["keyFile"] == "keys/door.pem"


def test_a_file_that_holds_a_key_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "door.pem"
    write_new_key(path)
    built = build(lambda: Bastion("door", with_file(str(path))))
    assert built.one("slipway:PrivateKey", "door").inputs["path"] == str(path)


MINIMAL = {key: BASTION[key] for key in ("vpc_id", "vpc_cidr_block", "subnet_id")}


def test_by_default_no_port_is_open_and_there_is_no_public_address() -> None:
    built = build(lambda: Bastion("door", MINIMAL))
    assert built.counts() == {
        "aws:ec2/instance:Instance": 1,
        "aws:ec2/securityGroup:SecurityGroup": 1,
        "aws:iam/instanceProfile:InstanceProfile": 1,
        "aws:iam/role:Role": 1,
        "aws:iam/rolePolicy:RolePolicy": 1,
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": 2,
    }
    assert built.one("instance:Instance", "door").inputs["associatePublicIpAddress"] is False
    assert built.component_outputs("Bastion") == {
        "privateIp": "10.20.0.5",
        "sessionCommand": "aws ssm start-session --region eu-west-1 --target door-id",
        "portForwardCommands": {},
        "instanceId": "door-id",
        "securityGroupId": "door-id",
    }


def test_ssh_without_an_open_port_goes_through_session_manager() -> None:
    outputs = bastion({"allowed_cidr_blocks": []}).component_outputs("Bastion")
    tunnel = (
        "aws ssm start-session --region eu-west-1 --target %h --document-name AWS-StartSSHSession "
        "--parameters portNumber=%p"
    )
    assert outputs["sshCommand"] == f"ssh -o ProxyCommand='{tunnel}' ec2-user@door-id"
    assert outputs["sshConfig"] == f"Host door\n  HostName door-id\n  User ec2-user\n  ProxyCommand {tunnel}\n"
    assert outputs.get("publicIp") is None


@pytest.mark.parametrize(
    ("access", "roles", "keys"),
    [
        (["session_manager", "key_pair", "instance_connect"], 1, 1),
        (["key_pair"], 0, 1),
        (["key_pair", "instance_connect"], 0, 1),
        (["session_manager", "instance_connect"], 1, 0),
        (["instance_connect"], 0, 0),
    ],
)
def test_any_mix_of_ways_in_makes_what_it_needs_and_says_how(access: list[str], roles: int, keys: int) -> None:
    key = {"public_key": PUBLIC_KEY} if "key_pair" in access else {}
    sources = {"allowed_cidr_blocks": ["203.0.113.7/32"]}
    built = build(lambda: Bastion("door", MINIMAL | {"access": access} | key | sources))
    assert (len(built.of_type("role:Role")), len(built.of_type("keyPair:KeyPair"))) == (roles, keys)
    outputs = built.component_outputs("Bastion")
    commands = {
        "session_manager": "aws ssm start-session --region eu-west-1 --target door-id",
        "key_pair": "ssh ec2-user@203.0.113.10",
        "instance_connect": "aws ec2-instance-connect ssh --region eu-west-1 --instance-id door-id --os-user ec2-user "
        "--connection-type direct",
    }
    named = {
        "session_manager": "sessionCommand",
        "key_pair": "sshCommand",
        "instance_connect": "instanceConnectCommand",
    }
    assert {way: outputs.get(named[way]) for way in named} == {
        way: commands.get(way) if way in access else None for way in named
    }


def test_prefix_lists_may_connect() -> None:
    built = bastion({"allowed_cidr_blocks": [], "allowed_prefix_list_ids": ["pl-0123456789abcdef0"]})
    rule = built.one("securityGroupIngressRule:SecurityGroupIngressRule", "door-ssh-pl-0123456789abcdef0").inputs
    assert (rule["prefixListId"], rule["fromPort"], rule["toPort"]) == ("pl-0123456789abcdef0", 22, 22)
    assert built.component_outputs("Bastion")["publicIp"] == "203.0.113.10"


def test_a_newer_image_replaces_the_instance_only_when_asked() -> None:
    instance = bastion({"refresh_ami": True}).one("instance:Instance", "door")
    assert instance.ignore_changes == ["associatePublicIpAddress"]


TARGETS: dict[str, object] = {
    "database": {"host": "db.internal", "port": 5432, "security_group_id": "sg-00000005"},
    "web": {"host": "10.20.1.7", "port": 80},
    "worker": {"host": "10.20.1.9", "port": 22, "security_group_id": "sg-00000009"},
}


def test_targets_with_a_security_group_are_opened_to_the_bastion_on_their_port() -> None:
    built = bastion({"targets": TARGETS})
    opened = [
        resource
        for resource in built.of_type("securityGroupIngressRule:SecurityGroupIngressRule")
        if "-to-" in resource.name
    ]
    keys = ("securityGroupId", "referencedSecurityGroupId", "fromPort", "toPort")
    assert {resource.name: tuple(resource.inputs[key] for key in keys) for resource in opened} == {
        "door-to-database": ("sg-00000005", "door-id", 5432, 5432),
        "door-to-worker": ("sg-00000009", "door-id", 22, 22),
    }


def test_private_hosts_are_jumped_to_and_ports_forwarded() -> None:
    outputs = build(lambda: Bastion("door", with_file("keys/door.pem") | {"targets": TARGETS})).component_outputs(
        "Bastion"
    )
    identity = "  IdentityFile keys/door.pem\n  IdentitiesOnly yes\n"
    assert outputs["sshConfig"] == (
        f"Host door\n  HostName 203.0.113.10\n  User ec2-user\n{identity}"
        f"Host worker\n  HostName 10.20.1.9\n  User ec2-user\n  ProxyJump door\n{identity}"
    )
    session = "aws ssm start-session --region eu-west-1 --target door-id"
    document = "--document-name AWS-StartPortForwardingSessionToRemoteHost --parameters"
    assert outputs["portForwardCommands"] == {
        "database": f"{session} {document} "
        """'{"host": ["db.internal"], "portNumber": ["5432"], "localPortNumber": ["5432"]}'""",
        "web": f"{session} {document} "
        """'{"host": ["10.20.1.7"], "portNumber": ["80"], "localPortNumber": ["10080"]}'""",
    }


@pytest.mark.parametrize(
    ("access", "command"),
    [
        (["key_pair"], "ssh -N -L 5432:db.internal:5432 ec2-user@203.0.113.10"),
        (
            ["instance_connect"],
            "aws ec2-instance-connect ssh --region eu-west-1 --instance-id door-id --os-user ec2-user "
            "--connection-type direct --local-forwarding 5432:db.internal:5432",
        ),
    ],
)
def test_ports_are_forwarded_without_session_manager_too(access: list[str], command: str) -> None:
    key = {"public_key": PUBLIC_KEY} if "key_pair" in access else {}
    target = {"access": access, "allowed_cidr_blocks": ["203.0.113.7/32"], "targets": {"db": TARGETS["database"]}}
    outputs = build(lambda: Bastion("door", MINIMAL | key | target)).component_outputs("Bastion")
    assert outputs["portForwardCommands"] == {"db": command}
