"""What a service can have, in one deployment: names with a certificate, routes, sidecars, Service Connect, scaling."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.cloud_contents import client
from tests.support.commands import HANG_SECONDS
from tests.support.components.stacks import CHECKOUT, Stacks, sandbox_of_its_own

pytestmark = pytest.mark.e2e

PROJECT = f"""
name: features
runtime: {{name: python, options: {{virtualenv: {CHECKOUT / ".venv"}}}}}
"""
PROGRAM = '''
import slipway

slipway.speed_up_program()
import pulumi
from pulumi_aws import route53, wafv2
from slipway import Cluster, FargateService, LoadBalancer, Network

IMAGE = "slipway-sandbox/python:3.12"
SERVE = """
import http.server, os, urllib.request
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        said = os.environ["SERVICE"]
        if self.path.startswith("/ask"):
            said += " and " + urllib.request.urlopen("http://orders.internal:8080/x").read().decode()
        if self.path.startswith("/beside"):
            said += " with " + urllib.request.urlopen("http://127.0.0.1:9901/").read().decode()
        self.send_response(204 if self.path == "/health" else 200)
        self.end_headers()
        if self.path != "/health":
            self.wfile.write(said.encode())
http.server.ThreadingHTTPServer(("", int(os.environ.get("PORT", "8080"))), Handler).serve_forever()
"""

network = Network("main", {"nat": "none", "endpoints_for": ["FargateService"]})
cluster = Cluster("main", {"service_connect_namespace": "internal"})
zone = route53.Zone("main", name="example.com")
firewall = wafv2.WebAcl(
    "main",
    scope="REGIONAL",
    default_action={"allow": {}},
    visibility_config={"cloudwatch_metrics_enabled": False, "metric_name": "main", "sampled_requests_enabled": False},
)
edge = LoadBalancer(
    "edge",
    {
        "vpc_id": network.vpc_id,
        "subnet_ids": network.public_subnet_ids,
        "allowed_cidr_blocks": ["203.0.113.0/24"],
        "domain_names": ["shop.example.com", "*.shop.example.com"],
        "hosted_zone_id": zone.zone_id,
        "web_acl_arn": firewall.arn,
        "idle_timeout_seconds": 120,
    },
)


def service(name, rules, more):
    return FargateService(
        name,
        {
            "cluster_arn": cluster.cluster_arn,
            "vpc_id": network.vpc_id,
            "subnet_ids": network.private_subnet_ids,
            "image": IMAGE,
            "command": ["python3", "-c", SERVE],
            "environment": {"SERVICE": name, "VERSION": VERSION},
            "desired_count": 1,
            "container_port": 8080,
            "health_check_codes": "204",
            "listener": {
                "listener_arn": edge.listener_arn,
                "security_group_id": edge.security_group_id,
                "rules": rules,
            },
            **more,
        },
    )


shop = service(
    "shop",
    {"all": {"path_patterns": ["/*"]}},
    {
        "service_connect": {},
        "depends_on": {"migrate": "SUCCESS", "helper": "HEALTHY"},
        "sidecars": {
            "migrate": {
                "image": IMAGE,
                "command": ["python3", "-c", "open('/tmp/state', 'w').write('migrated'); print(open('/tmp/state').read())"],
                "writable_paths": {"/tmp": 1},
                "essential": False,
            },
            "helper": {
                "image": IMAGE,
                "command": ["python3", "-c", SERVE],
                "environment": {"SERVICE": "helper", "PORT": "9901"},
                "container_port": 9901,
                "container_health_check": {"command": ["CMD-SHELL", CHECK]},
            },
        },
        "scaling": {
            "max_tasks": 4,
            "requests_per_target": 100,
            "schedules": {"nights": {"schedule": "cron(0 20 * * ? *)", "min_tasks": 0}},
        },
    },
)
service(
    "orders",
    {"it": {"host_headers": ["orders.shop.example.com"]}},
    {
        "service_connect": {"dns_name": "orders.internal"},
        "allow_from": {"shop": shop.security_group_id},
        "stickiness_seconds": 60,
        "slow_start_seconds": 30,
    },
)
pulumi.export("dnsName", edge.dns_name)
pulumi.export("url", edge.url)
pulumi.export("zoneId", zone.zone_id)
pulumi.export("service", shop.service_name)
pulumi.export("cluster", cluster.cluster_name)
'''
CHECK = "python3 -c \"import urllib.request as u; u.urlopen('http://127.0.0.1:9901/health')\""


def program(version: str) -> str:
    return f"VERSION = {version!r}\nCHECK = {CHECK!r}\n{PROGRAM}"


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stacks]:
    """A sandbox of this module's own; stopped in the end."""
    with sandbox_of_its_own(tmp_path_factory.mktemp("sandbox")) as made:
        yield made


@pytest.fixture(scope="module")
def deployed(stacks: Stacks, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The program, deployed; destroyed in the end."""
    directory = tmp_path_factory.mktemp("features")
    (directory / "Pulumi.yaml").write_text(PROJECT)
    (directory / "__main__.py").write_text(program("1"))
    stacks.pulumi(directory, "stack", "init", "sandbox-features")
    stacks.pulumi(directory, "up", "--yes", "--skip-preview")
    yield directory
    stacks.pulumi(directory, "destroy", "--yes", "--skip-preview")


def outputs(stacks: Stacks, directory: Path) -> dict[str, Any]:
    return dict(json.loads(stacks.pulumi(directory, "stack", "output", "--json")))


def get(url: str, **headers: str) -> str:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=HANG_SECONDS) as response:
        return str(response.read().decode())


def test_a_second_preview_is_empty(stacks: Stacks, deployed: Path) -> None:
    stacks.pulumi(deployed, "preview", "--expect-no-changes")


def test_names_lead_to_the_load_balancer_with_a_certificate_that_is_issued(stacks: Stacks, deployed: Path) -> None:
    out = outputs(stacks, deployed)
    assert out["url"] == "https://shop.example.com"
    records = client(stacks.environment, "route53").list_resource_record_sets(HostedZoneId=out["zoneId"])
    kinds = {(it["Name"].replace("\\052", "*"), it["Type"]) for it in records["ResourceRecordSets"]}
    assert {("shop.example.com.", "A"), ("*.shop.example.com.", "A")} <= kinds, kinds
    assert len([kind for _, kind in kinds if kind == "CNAME"]) == 1, "a name and its wildcard are proved once"
    acm = client(stacks.environment, "acm")
    (certificate,) = acm.list_certificates()["CertificateSummaryList"]
    assert acm.describe_certificate(CertificateArn=certificate["CertificateArn"])["Certificate"]["Status"] == "ISSUED"


def test_requests_are_redirected_and_go_by_host_and_path(stacks: Stacks, deployed: Path) -> None:
    url = f"http://{outputs(stacks, deployed)['dnsName']}"
    with urllib.request.urlopen(f"{url}/anything", timeout=HANG_SECONDS) as response:
        assert (response.read(), response.geturl() == f"{url}/anything") == (b"shop", False), (
            "redirected to the second port"
        )
        secure = response.geturl().removesuffix("/anything")
    to_orders = urllib.request.Request(f"{secure}/anything", headers={"Host": "orders.shop.example.com"})
    with urllib.request.urlopen(to_orders, timeout=HANG_SECONDS) as response:
        assert response.read() == b"orders"
        assert response.headers["Set-Cookie"].startswith("AWSALB="), "orders keeps its clients"
    elb = client(stacks.environment, "elbv2")
    (balancer,) = elb.describe_load_balancers()["LoadBalancers"]
    listeners = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    (secured,) = [it["SslPolicy"] for it in listeners if it["Protocol"] == "HTTPS"]
    assert secured == "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"


def test_a_sidecar_is_there_before_the_service_and_on_its_address(stacks: Stacks, deployed: Path) -> None:
    url = f"http://{outputs(stacks, deployed)['dnsName']}"
    assert get(f"{url}/beside") == "shop with helper"
    logs = client(stacks.environment, "logs")
    groups = [it["logGroupName"] for it in logs.describe_log_groups(logGroupNamePrefix="shop")["logGroups"]]
    lines = [it["message"] for it in logs.filter_log_events(logGroupName=groups[0])["events"]]
    assert "migrated" in lines


def test_services_find_one_another_by_name(stacks: Stacks, deployed: Path) -> None:
    url = f"http://{outputs(stacks, deployed)['dnsName']}"
    assert get(f"{url}/ask") == "shop and orders"


def test_the_web_acl_is_on_the_load_balancer_and_the_schedule_on_the_service(stacks: Stacks, deployed: Path) -> None:
    (balancer,) = client(stacks.environment, "elbv2").describe_load_balancers()["LoadBalancers"]
    waf = client(stacks.environment, "wafv2")
    assert waf.get_web_acl_for_resource(ResourceArn=balancer["LoadBalancerArn"])["WebACL"]["Name"].startswith("main")
    scaling = client(stacks.environment, "application-autoscaling")
    (action,) = scaling.describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"]
    assert (action["Schedule"], action["ScalableTargetAction"]) == ("cron(0 20 * * ? *)", {"MinCapacity": 0})


def test_a_deployment_keeps_the_count_that_scaling_came_to(stacks: Stacks, deployed: Path) -> None:
    out = outputs(stacks, deployed)
    ecs = client(stacks.environment, "ecs")
    ecs.update_service(cluster=out["cluster"], service=out["service"], desiredCount=2)
    (deployed / "__main__.py").write_text(program("2"))
    stacks.pulumi(deployed, "up", "--yes", "--skip-preview")
    (service,) = ecs.describe_services(cluster=out["cluster"], services=[out["service"]])["services"]
    assert (service["desiredCount"], service["runningCount"]) == (2, 2)
    stacks.pulumi(deployed, "preview", "--expect-no-changes")
