"""Bastion: what is open to everyone, cannot be reached or contradicts itself is refused in one sentence."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from slipway import ArgumentError
from slipway.dynamic import write_new_key
from tests.support.components.refusals import Refused, refusal
from tests.support.components.samples import BASTION, COMPONENTS, PUBLIC_KEY

Bastion = COMPONENTS["Bastion"]
OPEN = (
    "allowed_cidr_blocks must not be open to everyone, got {}; "
    "name your own network as 203.0.113.7/32, or leave it empty and use Session Manager"
)
NO_KEY: dict[str, object] = {"public_key": None}
NO_SOURCE: dict[str, object] = {"allowed_cidr_blocks": []}
DATABASE: dict[str, object] = {"host": "db.internal", "port": 5432}


def public_rsa(bits: int) -> str:
    """A public key of this many bits, as OpenSSH writes it."""
    form = serialization.PublicFormat.OpenSSH
    key = rsa.generate_private_key(65537, bits).public_key()
    return key.public_bytes(serialization.Encoding.OpenSSH, form).decode()


def with_file(path: Path) -> dict[str, object]:
    return BASTION | NO_KEY | {"key_file": str(path)}


WRONG = [
    Refused({"allowed_cidr_blocks": ["0.0.0.0/0"]}, OPEN.format("0.0.0.0/0")),
    Refused({"allowed_cidr_blocks": ["0.0.0.0/1", "128.0.0.0/1"]}, OPEN.format("0.0.0.0/1, 128.0.0.0/1")),
    Refused(
        {"allowed_cidr_blocks": ["203.0.113.7/24"]},
        "allowed_cidr_blocks[0] must be an IPv4 network, got '203.0.113.7/24'; "
        "the network of that address is 203.0.113.0/24",
    ),
    Refused(
        {"allowed_cidr_blocks": ["203.0.113.7/32", "203.0.113.7/32"]},
        "allowed_cidr_blocks must be distinct, got '203.0.113.7/32' twice; remove one",
    ),
    Refused({"allowed_cidr_blocks": "203.0.113.7/32"}, "allowed_cidr_blocks must be a list, got '203.0.113.7/32'"),
    Refused(
        {"allowed_prefix_list_ids": ["office"]},
        "allowed_prefix_list_ids[0] must be the id of a prefix list, such as pl-0123456789abcdef0, got 'office'",
    ),
    Refused(
        {"allowed_prefix_list_ids": ["pl-01234567", "pl-01234567"]},
        "allowed_prefix_list_ids must be distinct, got 'pl-01234567' twice; remove one",
    ),
    Refused({"vpc_id": None}, "vpc_id is required, got nothing; give it a value"),
    Refused({"subnet_id": None}, "subnet_id is required, got nothing; give it a value"),
    Refused({"access": []}, "access must have at least one entry, got none; for example session_manager"),
    Refused(
        {"access": ["telnet"]},
        "access must be one of session_manager, key_pair, instance_connect, instance_connect_endpoint, got 'telnet'",
    ),
    Refused({"access": ["key_pair", "key_pair"]}, "access must be distinct, got 'key_pair' twice; remove one"),
    Refused(NO_KEY | {"access": ["key_pair"]}, "set key_file or public_key, got neither"),
    Refused({"key_file": "a.pem"}, "set key_file or public_key, got both"),
    Refused(
        {"access": ["session_manager"]},
        "public_key is for access key_pair, got access session_manager; add key_pair",
    ),
    Refused(
        NO_KEY | {"access": ["session_manager"]},
        "allowed_cidr_blocks opens ssh, which access session_manager does not use; "
        "remove it, or add key_pair or instance_connect to access",
    ),
    Refused(
        NO_KEY | NO_SOURCE | {"allowed_prefix_list_ids": ["pl-01234567"]},
        "allowed_prefix_list_ids opens ssh, which access session_manager does not use; "
        "remove it, or add key_pair or instance_connect to access",
    ),
    Refused(
        NO_SOURCE | {"access": ["key_pair"]},
        "access key_pair needs allowed_cidr_blocks or allowed_prefix_list_ids, got neither; "
        "name your own network as 203.0.113.7/32, or add session_manager to access",
    ),
    Refused(
        NO_KEY | NO_SOURCE | {"access": ["session_manager", "instance_connect"]},
        "access instance_connect needs allowed_cidr_blocks or allowed_prefix_list_ids, got neither; "
        "name your own network as 203.0.113.7/32, or take instance_connect_endpoint",
    ),
    Refused(
        {"public_key": "-----BEGIN OPENSSH PRIVATE KEY-----"},
        "public_key must be an OpenSSH public key, got something else; "
        "give the line of a .pub file that starts with ssh-ed25519 or ssh-rsa",
    ),
    Refused(
        {"public_key": "ssh-ed25519 AAAA me"},
        "public_key must be an OpenSSH public key, got something else; "
        "give the line of a .pub file that starts with ssh-ed25519 or ssh-rsa",
    ),
    Refused(
        {"public_key": PUBLIC_KEY.replace("ssh-ed25519", "ecdsa-sha2-nistp256")},
        "public_key must be an OpenSSH public key, got something else; "
        "give the line of a .pub file that starts with ssh-ed25519 or ssh-rsa",
    ),
    Refused(
        {"public_key": public_rsa(3072)}, "public_key must have 2048 or 4096 bits for RSA, got 3072; or take Ed25519"
    ),
    Refused(
        {"public_key": public_rsa(1024)}, "public_key must have 2048 or 4096 bits for RSA, got 1024; or take Ed25519"
    ),
    Refused({"key_algorithm": "rsa"}, "key_algorithm is for key_file, got no key_file; remove it"),
    Refused(
        NO_KEY | {"key_file": "none.pem", "key_algorithm": "dsa"},
        "key_algorithm must be one of ed25519, rsa, got 'dsa'; did you mean rsa?",
    ),
    Refused(NO_KEY | {"key_file": " "}, "key_file must not be empty, got ' '; give it a value"),
    Refused({"instance_type": "small"}, "instance_type must be one like t4g.micro, got 'small'"),
    Refused({"refresh_ami": "yes"}, "refresh_ami must be true or false, got 'yes'"),
    Refused({"allowed_cidrs": []}, "allowed_cidrs is not an argument; did you mean allowed_cidr_blocks?"),
    Refused({"targets": {"db": {"host": "db.internal"}}}, "targets.db.port is required, got nothing; give it a value"),
    Refused(
        {"targets": {"db": DATABASE | {"port": 70000}}}, "targets.db.port must be a whole number 1-65535, got 70000"
    ),
    Refused(
        {"targets": {"db": DATABASE | {"local_port": 0}}}, "targets.db.local_port must be a whole number 1-65535, got 0"
    ),
    Refused(
        {"targets": {"db": DATABASE | {"user": "me"}}},
        "targets.db.user is not an argument; the arguments are host, local_port, port, security_group_id",
    ),
    Refused(
        {"targets": {"my db": DATABASE}},
        "the keys of targets must be letters, digits and hyphens, start with a letter, and not be 'door', got 'my db'",
    ),
    Refused(
        {"targets": {"door": DATABASE}},
        "the keys of targets must be letters, digits and hyphens, start with a letter, and not be 'door', got 'door'",
    ),
    Refused(
        {"targets": {"db": DATABASE | {"host": "db.internal:5432"}}},
        "targets.db.host must be an address or DNS name, got 'db.internal:5432'",
    ),
    Refused(
        {"targets": {"db": DATABASE | {"host": "x; rm -rf ~"}}},
        "targets.db.host must be an address or DNS name, got 'x; rm -rf ~'",
    ),
    Refused(
        {"targets": {"db": DATABASE, "copy": DATABASE}},
        "targets.copy.local_port must differ from local_port of every other target, got 5432, as targets.db has; set another",
    ),
    Refused(
        NO_KEY | {"access": ["instance_connect_endpoint"]},
        "allowed_cidr_blocks opens ssh, which access instance_connect_endpoint does not use; "
        "remove it, or add key_pair or instance_connect to access",
    ),
    Refused({"elastic_ip": "no"}, "elastic_ip must be true or false, got 'no'"),
    Refused(
        {"elastic_ip": False, "elastic_ip_allocation_id": "eipalloc-0000000a"},
        "elastic_ip_allocation_id is an Elastic IP, got elastic_ip false; remove one of them",
    ),
    Refused(
        {"elastic_ip_allocation_id": "203.0.113.7"},
        "elastic_ip_allocation_id must be the id of an Elastic IP's allocation, such as eipalloc-0123456789abcdef0, "
        "got '203.0.113.7'",
    ),
    Refused(
        {"user_data": "x" * 16385},
        "user_data must be at most 16384 bytes, got 16385; fetch the rest from S3 at the first start",
    ),
    Refused({"user_data_replaces": True}, "user_data_replaces is for user_data, got no user_data; remove it"),
    Refused(
        {"access": ["key_pair"], "session_logs": True},
        "session_logs needs access session_manager, got key_pair; add session_manager, or remove it",
    ),
    Refused(
        {"session_log_retention_days": 30},
        "session_log_retention_days goes with session_logs, got no session_logs; set it to true",
    ),
    Refused(
        {"session_logs": False, "session_log_kms_key_arn": "arn:aws:kms:eu-west-1:123456789012:key/abc"},
        "session_log_kms_key_arn goes with session_logs, got no session_logs; set it to true",
    ),
    Refused(
        {"session_logs": True, "session_log_retention_days": 31},
        "session_log_retention_days must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, "
        "1096, 1827, 2192, 2557, 2922, 3288, 3653, got 31",
    ),
    Refused(
        {"start_schedule": "cron(0 7 ? * MON-FRI *)"},
        "start_schedule goes with stop_schedule, got no stop_schedule; set it too",
    ),
    Refused(
        {"time_zone": "Europe/Berlin"},
        "time_zone goes with stop_schedule, got no stop_schedule; set it too",
    ),
    Refused(
        {"stop_schedule": "0 19 * * 1-5"},
        "stop_schedule must be cron(minutes, hours, day of the month, month, day of the week, year) "
        "with spaces between, as in cron(0 19 ? * MON-FRI *), got '0 19 * * 1-5'",
    ),
    Refused(
        {"stop_schedule": "cron(0 19 * * MON-FRI *)"},
        "stop_schedule must have ? for exactly one of the day of the month and the day of the week, "
        "as in cron(0 19 ? * MON-FRI *), got 'cron(0 19 * * MON-FRI *)'",
    ),
    Refused(
        {"stop_schedule": "cron(0 25 ? * MON-FRI *)"},
        "stop_schedule must have 0-23 for the hours, got '25' in 'cron(0 25 ? * MON-FRI *)'",
    ),
    Refused(
        {"stop_schedule": "cron(0 19 ? * MON *)", "start_schedule": "cron(0 7 ? * MO *)"},
        "start_schedule must have 1-7 for the day of the week, got 'MO' in 'cron(0 7 ? * MO *)'",
    ),
    Refused(
        {"stop_schedule": "cron(0 19 ? * MON-FRI *)", "time_zone": "CEST time"},
        "time_zone must be a time zone such as Europe/Berlin or UTC, got 'CEST time'",
    ),
]


@pytest.mark.parametrize("case", WRONG)
def test_an_open_or_unreachable_bastion_is_refused(case: Refused) -> None:
    assert refusal(lambda: Bastion("door", {**BASTION, **case.args})) == f"Bastion 'door': {case.says}"


def test_a_file_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "door.pem"
    path.write_text("my notes")
    with pytest.raises(ArgumentError) as caught:
        Bastion("door", with_file(path))
    rule = "key_file must be an OpenSSH private key without passphrase, or not exist yet"
    assert str(caught.value) == f"Bastion 'door': {rule}, got {str(path)!r}; move that file away or name another"
    assert path.read_text() == "my notes"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/proc/x", "no file can be made there: No such file or directory"),
        ("/dev/zero", "/dev/zero is no file"),
        ("/etc", "/etc is no file"),
        ("/etc/hostname/door.pem", "/etc/hostname is no folder"),
    ],
)
def test_a_place_that_can_hold_no_key_is_refused_before_anything_exists(path: str, reason: str) -> None:
    assert refusal(lambda: Bastion("door", BASTION | NO_KEY | {"key_file": path})) == (
        f"Bastion 'door': key_file must be a file that can be written, got {path!r}: {reason}; name another"
    )


def test_a_key_of_another_kind_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "door.pem"
    write_new_key(path)
    with pytest.raises(ArgumentError) as caught:
        Bastion("door", with_file(path) | {"key_algorithm": "rsa"})
    assert str(caught.value) == (
        f"Bastion 'door': key_algorithm must be that of the key in {str(path)!r}, got rsa; "
        "move that file away for a new key, which replaces key pair and instance"
    )
