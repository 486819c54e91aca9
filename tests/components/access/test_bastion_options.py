"""Bastion: its address, the Instance Connect Endpoint, session logs, hours, and a key that git does not see."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from slipway import ArgumentError
from tests.support.components.mocks import Built, build
from tests.support.components.samples import BASTION, COMPONENTS, PUBLIC_KEY
from tests.support.components.service_samples import KEY

Bastion = COMPONENTS["Bastion"]
MINIMAL = {key: BASTION[key] for key in ("vpc_id", "vpc_cidr_block", "subnet_id")}
OFFICE: dict[str, object] = {"public_key": PUBLIC_KEY, "allowed_cidr_blocks": ["10.9.0.0/16"]}
OWN: dict[str, object] = {"elastic_ip_allocation_id": "eipalloc-0000000a"}
ENDPOINT = "instanceConnectEndpoint:InstanceConnectEndpoint"
DATABASE = {"db": {"host": "db.internal", "port": 5432}}


def bastion(args: Mapping[str, object]) -> Built:
    return build(lambda: Bastion("door", {**MINIMAL, **args}))


@pytest.mark.parametrize(
    ("args", "public_ip", "ssh"),
    [
        (OFFICE, "203.0.113.10", "ssh ec2-user@203.0.113.10"),
        (OFFICE | {"elastic_ip": False}, None, "ssh ec2-user@10.20.0.5"),
        (OFFICE | OWN, "203.0.113.30", "ssh ec2-user@203.0.113.30"),
        (OWN, "203.0.113.30", None),
        ({"elastic_ip": True}, "203.0.113.10", None),
        ({}, None, None),
    ],
)
def test_it_has_an_elastic_ip_where_networks_connect_or_when_asked(
    args: dict[str, object], public_ip: str | None, ssh: str | None
) -> None:
    outputs = bastion(args).component_outputs("Bastion")
    assert (outputs.get("publicIp"), outputs.get("sshCommand")) == (public_ip, ssh)


def test_an_address_to_get_out_by_is_no_way_in() -> None:
    built = bastion({"elastic_ip": True, "public_key": PUBLIC_KEY})
    assert built.of_type("securityGroupIngressRule:SecurityGroupIngressRule") == []
    assert "ProxyCommand" in built.component_outputs("Bastion")["sshCommand"]


def test_an_address_of_ones_own_is_tied_to_the_instance_that_takes_over() -> None:
    tied = bastion(OFFICE | OWN).one("eipAssociation:EipAssociation", "door")
    assert tied.inputs == {"instanceId": "door-id", "allocationId": "eipalloc-0000000a"}
    assert tied.delete_before_replace


def test_an_instance_connect_endpoint_leads_to_ssh_and_nowhere_else() -> None:
    built = bastion({"access": ["instance_connect_endpoint"], "targets": DATABASE})
    endpoint = built.one(ENDPOINT, "door-connect")
    assert endpoint.inputs == {
        "subnetId": "subnet-00000003",
        "securityGroupIds": ["door-connect-id"],
        "preserveClientIp": False,
        "tags": {"Name": "door-connect"},
    }
    assert endpoint.delete_before_replace, "a VPC takes one"
    keys = ("securityGroupId", "referencedSecurityGroupId", "fromPort", "toPort")
    rules = {resource.name: tuple(resource.inputs.get(key) for key in keys) for resource in built.of_type("gressRule")}
    assert rules["door-ssh-connect"] == ("door-id", "door-connect-id", 22, 22)
    assert rules["door-connect-ssh"] == ("door-connect-id", "door-id", 22, 22)
    outputs = built.component_outputs("Bastion")
    shell = "aws ec2-instance-connect ssh --region eu-west-1 --instance-id door-id --os-user ec2-user --connection-type eice"
    assert outputs["instanceConnectCommand"] == shell
    assert outputs["portForwardCommands"] == {"db": f"{shell} --local-forwarding 5432:db.internal:5432"}
    assert outputs.get("publicIp") is None


def test_ssh_with_a_key_goes_through_the_endpoint_where_that_is_the_way() -> None:
    access = {"access": ["key_pair", "instance_connect_endpoint"], "public_key": PUBLIC_KEY}
    outputs = bastion(access | {"targets": DATABASE}).component_outputs("Bastion")
    tunnel = "aws ec2-instance-connect open-tunnel --region eu-west-1 --instance-id %h --remote-port %p"
    assert outputs["sshCommand"] == f"ssh -o ProxyCommand='{tunnel}' ec2-user@door-id"
    assert outputs["sshConfig"] == f"Host door\n  HostName door-id\n  User ec2-user\n  ProxyCommand {tunnel}\n"
    assert outputs["portForwardCommands"] == {
        "db": f"ssh -N -L 5432:db.internal:5432 -o ProxyCommand='{tunnel}' ec2-user@door-id"
    }


def test_session_logs_go_to_a_group_that_the_role_may_write_to() -> None:
    built = bastion({"session_logs": True})
    group = built.one("logGroup:LogGroup", "door-sessions").inputs
    assert (group["retentionInDays"], group.get("kmsKeyId")) == (30, None)
    document = built.one("document:Document", "door-sessions").inputs
    assert document["documentType"] == "Session"
    content = json.loads(document["content"])
    assert (content["schemaVersion"], content["sessionType"]) == ("1.0", "Standard_Stream")
    keys = ("cloudWatchLogGroupName", "cloudWatchStreamingEnabled", "cloudWatchEncryptionEnabled")
    assert [content["inputs"][key] for key in keys] == ["door-sessions", True, False]
    policy = json.loads(built.one("rolePolicy:RolePolicy", "door").inputs["policy"])
    assert policy["Statement"][1:] == [
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
            "Resource": "arn:aws:cloudwatch:eu-west-1:123456789012:door-sessions:*",
        },
        {"Effect": "Allow", "Action": ["logs:DescribeLogGroups"], "Resource": "*"},
    ]
    outputs = built.component_outputs("Bastion")
    assert outputs["sessionCommand"].endswith(" --target door-id --document-name door-sessions")
    assert outputs["sessionLogGroupName"] == "door-sessions"


def test_session_logs_are_encrypted_as_their_document_says() -> None:
    built = bastion({"session_logs": True, "session_log_kms_key_arn": KEY})
    assert built.one("logGroup:LogGroup", "door-sessions").inputs["kmsKeyId"] == KEY
    content = json.loads(built.one("document:Document", "door-sessions").inputs["content"])
    assert content["inputs"]["cloudWatchEncryptionEnabled"] is True


def test_it_keeps_hours_by_a_role_that_can_do_nothing_else() -> None:
    times = {"stop_schedule": "cron(0 19 ? * MON-FRI *)", "start_schedule": "cron(0 7 ? * MON-FRI *)"}
    built = bastion(times | {"time_zone": "Europe/Berlin"})
    schedules = {resource.name: resource.inputs for resource in built.of_type("schedule:Schedule")}
    assert {
        name: (
            inputs["scheduleExpression"],
            inputs["scheduleExpressionTimezone"],
            inputs["target"]["arn"],
            inputs["target"]["input"],
        )
        for name, inputs in schedules.items()
    } == {
        f"door-{verb}": (
            times[f"{verb}_schedule"],
            "Europe/Berlin",
            f"arn:aws:scheduler:::aws-sdk:ec2:{verb}Instances",
            '{"InstanceIds": ["door-id"]}',
        )
        for verb in ("start", "stop")
    }
    [statement] = json.loads(built.one("rolePolicy:RolePolicy", "door-schedule").inputs["policy"])["Statement"]
    assert statement["Action"] == ["ec2:StopInstances", "ec2:StartInstances"]
    assert statement["Resource"].endswith(":door"), "its own instance"
    trusted = json.loads(built.one("role:Role", "door-schedule").inputs["assumeRolePolicy"])["Statement"][0]
    assert trusted["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert trusted["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    started = built.component_outputs("Bastion")["startCommand"]
    assert started == "aws ec2 start-instances --region eu-west-1 --instance-ids door-id"


def test_user_data_runs_once_and_is_another_instance_only_when_asked() -> None:
    script = {"user_data": "#!/bin/sh"}
    assert bastion(script).one("instance:Instance", "door").replace_on_changes == []
    replaced = bastion(script | {"user_data_replaces": True}).one("instance:Instance", "door")
    assert (replaced.inputs["userData"], replaced.replace_on_changes) == ("#!/bin/sh", ["userData"])


def test_a_private_key_that_git_would_add_is_not_written(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    path = tmp_path / "keys" / "door.pem"
    args = MINIMAL | {"key_file": str(path)}
    with pytest.raises(ArgumentError) as caught:
        Bastion("door", args)
    assert str(caught.value) == (
        f"Bastion 'door': key_file must be a file that git ignores, got {str(path)!r}; "
        "add a line with door.pem to .gitignore, or name a file elsewhere"
    )
    (tmp_path / ".gitignore").write_text("*.pem\n")
    assert build(lambda: Bastion("door", args)).one("slipway:PrivateKey", "door").inputs["path"] == str(path)
