"""Bastion: closed to strangers, hardened, and the same instance tomorrow."""

import json
from pathlib import Path
from typing import Any

import pytest

from slipway import ArgumentError
from slipway._private_key import write_new_key
from tests.unit.samples import BASTION, COMPONENTS, PUBLIC_KEY
from tests.unit.support import Built, build

Bastion = COMPONENTS["Bastion"]


def bastion(args: dict[str, Any]) -> Built:
    return build(lambda: Bastion("door", BASTION | args))


def with_file(path: str) -> dict[str, Any]:
    return {key: value for key, value in BASTION.items() if key != "public_key"} | {"key_file": path}


def test_the_instance_is_hardened_and_stays_when_an_image_appears() -> None:
    built = bastion({})
    instance = built.one("instance:Instance", "door")
    assert instance.inputs == {
        "ami": "ami-0123456789abcdef0",
        "instanceType": "t4g.micro",
        "subnetId": "subnet-3",
        "vpcSecurityGroupIds": ["door-id"],
        "keyName": "door-key",
        "iamInstanceProfile": "door",
        "metadataOptions": {"httpEndpoint": "enabled", "httpTokens": "required", "httpPutResponseHopLimit": 1},
        "rootBlockDevice": {"encrypted": True, "volumeType": "gp3", "volumeSize": 8},
        "tags": {"Name": "door"},
        "volumeTags": {"Name": "door"},
    }
    assert instance.ignore_changes == ["ami"]
    assert built.counts() == {
        "aws:ec2/eip:Eip": 1,
        "aws:ec2/instance:Instance": 1,
        "aws:ec2/keyPair:KeyPair": 1,
        "aws:ec2/securityGroup:SecurityGroup": 1,
        "aws:iam/instanceProfile:InstanceProfile": 1,
        "aws:iam/role:Role": 1,
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment": 1,
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": 2,
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": 1,
    }


def test_ssh_comes_in_from_the_named_networks_only() -> None:
    built = bastion({"allowed_cidr_blocks": ["203.0.113.7/32", "198.51.100.0/24"]})
    rules = built.of_type("securityGroupIngressRule:SecurityGroupIngressRule")
    assert [(it.inputs["cidrIpv4"], it.inputs["fromPort"], it.inputs["toPort"]) for it in rules] == [
        ("198.51.100.0/24", 22, 22),
        ("203.0.113.7/32", 22, 22),
    ]
    assert bastion({"allowed_cidr_blocks": []}).of_type("securityGroupIngressRule:SecurityGroupIngressRule") == []


def test_it_reaches_the_vpc_and_https() -> None:
    rules = bastion({}).of_type("securityGroupEgressRule:SecurityGroupEgressRule")
    assert [(it.inputs["cidrIpv4"], it.inputs["fromPort"], it.inputs["toPort"]) for it in rules] == [
        ("0.0.0.0/0", 443, 443),
        ("10.20.0.0/16", 0, 65535),
    ]


def test_its_role_serves_session_manager_only() -> None:
    built = bastion({})
    attached = built.of_type("rolePolicyAttachment:RolePolicyAttachment")
    assert [it.inputs["policyArn"] for it in attached] == ["arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"]
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
    looked_up = [it.args for it in bastion({"instance_type": instance_type}).calls]
    assert looked_up == [{"name": f"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{architecture}"}]


def test_a_key_of_ones_own_needs_no_file() -> None:
    built = bastion({})
    assert built.one("keyPair:KeyPair", "door").inputs["publicKey"] == PUBLIC_KEY
    outputs = built.component_outputs("Bastion")
    assert outputs["sshCommand"] == "ssh ec2-user@203.0.113.10"
    assert outputs["sshConfig"] == "Host door\n  HostName 203.0.113.10\n  User ec2-user\n"
    assert outputs.get("privateKeyFile") is None


def test_a_generated_key_shows_its_public_half_and_its_file() -> None:
    built = build(lambda: Bastion("door", with_file("keys/door.pem")))
    assert built.one("keyPair:KeyPair", "door").inputs["publicKey"] == "ssh-ed25519 AAAA door"
    key = built.one("slipway:PrivateKey", "door").inputs
    assert {name: key[name] for name in key if name != "__provider"} == {"path": "keys/door.pem", "comment": "door"}
    outputs = built.component_outputs("Bastion")
    assert outputs["sshCommand"] == "ssh -i keys/door.pem ec2-user@203.0.113.10"
    assert outputs["sshConfig"] == (
        "Host door\n  HostName 203.0.113.10\n  User ec2-user\n  IdentityFile keys/door.pem\n  IdentitiesOnly yes\n"
    )
    assert outputs["privateKeyFile"] == "keys/door.pem"


WRONG: list[tuple[dict[str, Any], str]] = [
    (
        {"allowed_cidr_blocks": ["0.0.0.0/0"]},
        "allowed_cidr_blocks must not be open to everyone, got 0.0.0.0/0; "
        "name your own network as 203.0.113.7/32, or leave it empty and use Session Manager",
    ),
    (
        {"allowed_cidr_blocks": ["203.0.113.7/24"]},
        "allowed_cidr_blocks[0] must be an IPv4 network, got '203.0.113.7/24'; "
        "the network of that address is 203.0.113.0/24",
    ),
    (
        {"allowed_cidr_blocks": ["203.0.113.7/32", "203.0.113.7/32"]},
        "allowed_cidr_blocks must be distinct, got '203.0.113.7/32' twice; remove one",
    ),
    ({"allowed_cidr_blocks": None}, "allowed_cidr_blocks is required, got nothing; give it a value"),
    ({"public_key": None}, "set key_file or public_key, got neither"),
    ({"key_file": "a.pem"}, "set key_file or public_key, got both"),
    (
        {"public_key": "-----BEGIN OPENSSH PRIVATE KEY-----"},
        "public_key must be an OpenSSH public key, got something else; "
        "give the line of a .pub file that starts with ssh-ed25519 or ssh-rsa",
    ),
    ({"instance_type": "small"}, "instance_type must be one like t4g.micro, got 'small'"),
    ({"allowed_cidrs": []}, "allowed_cidrs is not an argument; did you mean allowed_cidr_blocks?"),
]


@pytest.mark.parametrize(("args", "sentence"), WRONG)
def test_an_open_or_unreachable_bastion_is_refused(args: dict[str, Any], sentence: str) -> None:
    def construct() -> None:
        with pytest.raises(ArgumentError) as caught:
            Bastion("door", BASTION | args)
        assert str(caught.value) == f"Bastion 'door': {sentence}"

    assert build(construct).resources == []


def test_two_networks_that_together_are_everyone_are_refused() -> None:
    with pytest.raises(ArgumentError) as caught:
        Bastion("door", BASTION | {"allowed_cidr_blocks": ["0.0.0.0/1", "128.0.0.0/1"]})
    assert str(caught.value) == (
        "Bastion 'door': allowed_cidr_blocks must not be open to everyone, got 0.0.0.0/1, 128.0.0.0/1; "
        "name your own network as 203.0.113.7/32, or leave it empty and use Session Manager"
    )


def test_a_file_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "door.pem"
    path.write_text("my notes")
    with pytest.raises(ArgumentError) as caught:
        Bastion("door", with_file(str(path)))
    rule = "key_file must be an OpenSSH private key without passphrase, or not exist yet"
    assert str(caught.value) == f"Bastion 'door': {rule}, got {str(path)!r}; move that file away or name another"
    assert path.read_text() == "my notes"


def test_a_file_that_holds_a_key_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "door.pem"
    write_new_key(path)
    built = build(lambda: Bastion("door", with_file(str(path))))
    assert built.one("slipway:PrivateKey", "door").inputs["path"] == str(path)
