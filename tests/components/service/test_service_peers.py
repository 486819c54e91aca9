"""Whom a service lets in and whom it finds: peers by security group, names by Service Connect, and what it takes over."""

import json
from typing import Any

import pytest

from tests.support.components.mocks import Built, build
from tests.support.components.refusals import Refused, refusal
from tests.support.components.samples import COMPONENTS
from tests.support.components.service_samples import BEHIND_BALANCER, KEY, TASK

FargateService = COMPONENTS["FargateService"]
ROLE = "arn:aws:iam::123456789012:role/shop"
GROUP = "arn:aws:logs:eu-west-1:123456789012:log-group:/shop/api"
NAMESPACE = "arn:aws:servicediscovery:eu-west-1:123456789012:namespace/ns-0a1b"


def service(args: dict[str, Any]) -> Built:
    return build(lambda: FargateService("api", TASK | args))


def test_a_caller_is_let_out_and_in_on_the_port_only() -> None:
    assert service({"container_port": 8080, "allow_from": {"shop": "sg-0000540b"}}).opened_ports() == {
        "api-from-shop": ("api-id", 8080, "sg-0000540b"),
        "api-shop-out": ("sg-0000540b", 8080, "api-id"),
    }


def test_two_services_name_each_other_once_and_both_groups_open() -> None:
    def stack() -> None:
        shop = FargateService("shop", TASK)
        FargateService("orders", TASK | {"container_port": 80, "allow_from": {"shop": shop.security_group_id}})

    assert build(stack).opened_ports() == {
        "orders-from-shop": ("orders-id", 80, "shop-id"),
        "orders-shop-out": ("shop-id", 80, "orders-id"),
    }


def test_tasks_are_let_out_to_a_database_which_lets_them_in() -> None:
    assert service({"allow_to": {"database": {"security_group_id": "sg-000000db", "port": 5432}}}).opened_ports() == {
        "api-to-database": ("api-id", 5432, "sg-000000db"),
        "api-database-in": ("sg-000000db", 5432, "api-id"),
    }


def test_a_service_is_found_by_its_name_and_its_proxy_logs_beside_it() -> None:
    connect = {"dns_name": "orders.internal", "namespace_arn": NAMESPACE, "port": 80, "request_timeout_seconds": 60}
    built = service({"container_port": 8080, "service_connect": connect})
    told = built.one("service:Service", "api").inputs["serviceConnectConfiguration"]
    log = told.pop("logConfiguration")
    assert (log["logDriver"], log["options"]["awslogs-group"]) == ("awslogs", "api")
    assert told == {
        "enabled": True,
        "namespace": NAMESPACE,
        "services": [
            {
                "portName": "main",
                "discoveryName": "orders-internal",
                "clientAlias": [{"dnsName": "orders.internal", "port": 80}],
                "timeout": {"perRequestTimeoutSeconds": 60},
            }
        ],
    }
    (container,) = json.loads(built.one("taskDefinition:TaskDefinition", "api").inputs["containerDefinitions"])
    (mapping,) = container["portMappings"]
    assert (mapping["name"], mapping["appProtocol"]) == ("main", "http")


def test_a_service_that_only_calls_offers_nothing_and_tcp_is_not_looked_into() -> None:
    told = service({"service_connect": {}}).one("service:Service", "api").inputs["serviceConnectConfiguration"]
    assert (told["enabled"], "services" in told, "namespace" in told) == (True, False, False)
    tcp = service({"container_port": 80, "service_connect": {"dns_name": "db", "app_protocol": "tcp"}})
    (container,) = json.loads(tcp.one("taskDefinition:TaskDefinition", "api").inputs["containerDefinitions"])
    assert "appProtocol" not in container["portMappings"][0]
    assert "serviceConnectConfiguration" not in service({}).one("service:Service", "api").inputs


def test_roles_and_a_log_group_that_are_there_are_taken_as_they_are() -> None:
    built = service({"execution_role_arn": f"{ROLE}-start", "task_role_arn": ROLE, "log_group_arn": GROUP})
    assert (
        built.of_type("role:Role") + built.of_type("rolePolicy:RolePolicy") + built.of_type("logGroup:LogGroup") == []
    )
    definition = built.one("taskDefinition:TaskDefinition", "api").inputs
    assert (definition["executionRoleArn"], definition["taskRoleArn"]) == (f"{ROLE}-start", ROLE)
    (container,) = json.loads(definition["containerDefinitions"])
    assert container["logConfiguration"]["options"]["awslogs-group"] == "/shop/api"
    assert definition["family"] == "api"
    outputs = built.component_outputs("FargateService")
    assert (outputs["taskRoleArn"], outputs["logGroupName"]) == (ROLE, "/shop/api")


def connect(**changed: Any) -> dict[str, Any]:
    return {"container_port": 80, "service_connect": {"dns_name": "orders"} | changed}


REFUSED = [
    Refused(
        connect(dns_name="Orders"),
        "service_connect.dns_name must be labels of lower-case letters, digits and hyphens, at most 127 long, got 'Orders'; "
        "for example orders",
    ),
    Refused(
        {"service_connect": {"dns_name": "orders"}},
        "service_connect.dns_name needs container_port, got none; set the port the image listens on",
    ),
    Refused(
        {"service_connect": {"port": 80}}, "service_connect.port needs service_connect.dns_name, got none; set both"
    ),
    Refused(
        {"service_connect": {"app_protocol": "grpc"}},
        "service_connect.app_protocol needs service_connect.dns_name, got none; set both",
    ),
    Refused(
        connect(app_protocol="HTTP2"), "service_connect.app_protocol must be one of http, http2, grpc, tcp, got 'HTTP2'"
    ),
    Refused(connect(port=70000), "service_connect.port must be a whole number 1-65535, got 70000"),
    Refused(
        connect(app_protocol="tcp", request_timeout_seconds=5),
        "service_connect.request_timeout_seconds needs requests, got app_protocol tcp; there are no requests in tcp; "
        "set another app_protocol, or leave it out",
    ),
    Refused(
        connect(request_timeout_seconds=-1),
        "service_connect.request_timeout_seconds must be a whole number 0-2147483647, got -1",
    ),
    Refused(
        connect(namespace_arn="internal"),
        "service_connect.namespace_arn must be the ARN of a namespace, got 'internal'",
    ),
    Refused(connect(names=["orders"]), "service_connect.names is not an argument; did you mean dns_name?"),
    Refused(
        {"allow_from": {"shop": "sg-00000001"}},
        "allow_from needs container_port, got none; set the port the image listens on",
    ),
    Refused(
        {"container_port": 80, "allow_from": {"lb": "sg-00000001"}},
        "the keys of allow_from must be letters, digits and hyphens, start with a letter, and not be 'lb' or 'lb-check', got 'lb'",
    ),
    Refused(
        {"container_port": 80, "allow_from": {"lb-check": "sg-00000001"}},
        "the keys of allow_from must be letters, digits and hyphens, start with a letter, and not be 'lb' or 'lb-check', "
        "got 'lb-check'",
    ),
    Refused({"container_port": 80, "allow_from": ["sg-00000001"]}, "allow_from must be a mapping, got ['sg-00000001']"),
    Refused(
        {"allow_to": {"db": {"security_group_id": "sg-00000001", "port": 0}}},
        "allow_to.db.port must be a whole number 1-65535, got 0",
    ),
    Refused(
        {"allow_to": {"db": {"port": 5432}}}, "allow_to.db.security_group_id is required, got nothing; give it a value"
    ),
    Refused({"task_role_arn": "shop"}, "task_role_arn must be the ARN of a role, got 'shop'"),
    Refused({"execution_role_arn": "shop"}, "execution_role_arn must be the ARN of a role, got 'shop'"),
    Refused({"log_group_arn": "/shop/api"}, "log_group_arn must be the ARN of a log group, got '/shop/api'"),
    Refused(
        {"task_role_arn": ROLE, "permissions": [{"actions": ["sns:Publish"], "resources": ["*"]}]},
        "task_role_arn uses an existing role without changes, got permissions too; "
        "give that role these rights and leave them out, or leave task_role_arn out",
    ),
    Refused(
        {"task_role_arn": ROLE, "enable_execute_command": True},
        "task_role_arn uses an existing role without changes, got enable_execute_command too; "
        "give that role these rights and leave them out, or leave task_role_arn out",
    ),
    Refused(
        {"log_group_arn": GROUP, "log_retention_days": 7},
        "log_group_arn uses an existing log group without changes, got log_retention_days too; "
        "set it where the group is created, or leave log_retention_days out",
    ),
    Refused(
        {"log_group_arn": GROUP, "log_kms_key_arn": KEY},
        "log_group_arn uses an existing log group without changes, got log_kms_key_arn too; "
        "set it where the group is created, or leave log_kms_key_arn out",
    ),
    Refused(
        BEHIND_BALANCER
        | {
            "allow_to": {"data": {"security_group_id": "sg-00000001", "port": 443}},
            "volumes": {"data": {}},
            "mount_points": [{"volume": "data", "path": "/data"}],
        },
        "allow_to.data and volumes.data must have different names; rename one",
    ),
]


@pytest.mark.parametrize(("args", "says"), REFUSED)
def test_what_cannot_work_is_refused_before_anything_exists(args: dict[str, Any], says: str) -> None:
    assert refusal(lambda: FargateService("api", TASK | args)) == f"FargateService 'api': {says}"
