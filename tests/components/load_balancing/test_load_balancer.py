"""LoadBalancer, and services that share one: what each adds, who may reach whom, and which request goes where."""

from typing import Any

import pulumi
import pytest

from slipway import ArgumentError, LoadBalancer
from tests.support.components.mocks import Built, build
from tests.support.components.samples import COMPONENTS
from tests.support.components.service_samples import (
    BEHIND_LISTENER,
    CERTIFICATE,
    LISTENER,
    RICH_BALANCER,
    SHARED_BALANCER,
    TASK,
)

FargateService = COMPONENTS["FargateService"]
NAMED: dict[str, Any] = {"domain_names": ["shop.example.com", "*.shop.example.com"], "hosted_zone_id": "Z123"}


def balancer(args: dict[str, Any]) -> Built:
    return build(lambda: COMPONENTS["LoadBalancer"]("edge", SHARED_BALANCER | args))


def behind(rules: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return BEHIND_LISTENER | {"listener": BEHIND_LISTENER["listener"] | {"rules": rules} | changed}


def sources(built: Built) -> dict[str, tuple[int, str]]:
    return {
        it.name: (
            it.inputs["fromPort"],
            it.inputs.get("cidrIpv4") or it.inputs.get("prefixListId") or it.inputs["referencedSecurityGroupId"],
        )
        for it in built.of_type("securityGroupIngressRule:SecurityGroupIngressRule")
    }


def test_what_no_service_asks_for_is_not_found() -> None:
    built = balancer({})
    (listener,) = built.of_type("listener:Listener")
    assert (listener.name, listener.inputs["port"]) == ("edge-http", 80)
    assert listener.inputs["defaultActions"] == [
        {
            "type": "fixed-response",
            "fixedResponse": {"contentType": "text/plain", "messageBody": "Not found", "statusCode": "404"},
        }
    ]
    assert built.of_type("EgressRule") == [], "it reaches nobody until a service lets it"
    assert sources(built) == {"edge-lb-80-203-0-113-0-24": (80, "203.0.113.0/24")}
    assert built.component_outputs("LoadBalancer") == {
        "loadBalancerArn": "arn:aws:lb:eu-west-1:123456789012:edge",
        "listenerArn": "arn:aws:lb:eu-west-1:123456789012:edge-http",
        "securityGroupId": "edge-lb-id",
        "url": "http://edge.elb.example",
        "dnsName": "edge.elb.example",
        "zoneId": "Z-ELB",
    }


def test_every_source_that_is_named_is_let_in_on_each_port() -> None:
    assert sources(balancer(RICH_BALANCER)) == {
        f"edge-lb-{port}-{name}": (port, source)
        for port in (80, 443)
        for name, source in (
            ("203-0-113-0-24", "203.0.113.0/24"),
            ("pl-0123456789abcdef0", "pl-0123456789abcdef0"),
            ("office", "sg-00000007"),
        )
    }


def test_names_get_a_certificate_that_proves_itself_and_records_that_lead_here() -> None:
    built = balancer(NAMED)
    assert built.one("certificate:Certificate", "edge").inputs == {
        "domainName": "shop.example.com",
        "subjectAlternativeNames": ["*.shop.example.com"],
        "validationMethod": "DNS",
        "tags": {"Name": "edge"},
    }
    records = {it.name: it.inputs for it in built.of_type("record:Record")}
    leads_here = {"name": "edge.elb.example", "zoneId": "Z-ELB", "evaluateTargetHealth": True}
    assert records == {
        "edge-proof-shop-example-com": {
            "zoneId": "Z123",
            "name": "_x.shop.example.com",
            "type": "CNAME",
            "ttl": 60,
            "records": ["_y.aws"],
            "allowOverwrite": True,
        },
        "edge-shop-example-com": {"zoneId": "Z123", "name": "shop.example.com", "type": "A", "aliases": [leads_here]},
        "edge-any-shop-example-com": {
            "zoneId": "Z123",
            "name": "*.shop.example.com",
            "type": "A",
            "aliases": [leads_here],
        },
    }
    https = built.one("listener:Listener", "edge-https")
    assert "CertificateValidation edge" in https.depends_on, "AWS takes no certificate that is not issued yet"
    assert built.component_outputs("LoadBalancer")["url"] == "https://shop.example.com"


def test_a_certificate_of_ones_own_serves_the_names() -> None:
    built = balancer(NAMED | {"certificate_arn": CERTIFICATE})
    assert built.of_type("certificate:Certificate") == []
    assert [it.name for it in built.of_type("record:Record")] == ["edge-any-shop-example-com", "edge-shop-example-com"]
    assert built.one("listener:Listener", "edge-https").inputs["certificateArn"] == CERTIFICATE


def test_tls_firewall_and_logs_are_as_asked() -> None:
    built = balancer(RICH_BALANCER)
    https = built.one("listener:Listener", "edge-https").inputs
    assert https["sslPolicy"] == "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09"
    assert https["mutualAuthentication"] == {"mode": "verify", "trustStoreArn": RICH_BALANCER["trust_store_arn"]}
    assert built.one("listenerCertificate:ListenerCertificate", "edge-old").inputs == {
        "listenerArn": "arn:aws:lb:eu-west-1:123456789012:edge-https",
        "certificateArn": f"{CERTIFICATE}-old",
    }
    assert built.one("webAclAssociation:WebAclAssociation", "edge").inputs == {
        "resourceArn": "arn:aws:lb:eu-west-1:123456789012:edge",
        "webAclArn": RICH_BALANCER["web_acl_arn"],
    }
    made = built.one("loadBalancer:LoadBalancer", "edge").inputs
    log = {"bucket": "logs", "enabled": True, "prefix": "edge"}
    assert (made["accessLogs"], made["connectionLogs"]) == (log, log)
    assert (made["internal"], made["enableDeletionProtection"], made["tags"]) == (
        True,
        True,
        {"Name": "edge", "team": "edge"},
    )


def test_a_service_adds_its_rules_and_its_port_to_a_listener_and_nothing_else() -> None:
    built = build(lambda: FargateService("api", BEHIND_LISTENER))
    assert built.of_type("loadBalancer:LoadBalancer") + built.of_type("listener:Listener") == []
    assert built.one("listenerRule:ListenerRule", "api-orders").inputs == {
        "listenerArn": LISTENER,
        "priority": 42117,
        "conditions": [{"pathPattern": {"values": ["/orders/*"]}}],
        "actions": [{"type": "forward", "targetGroupArn": "arn:aws:lb:eu-west-1:123456789012:api"}],
        "tags": {"Name": "api-orders"},
    }
    opened = {
        it.name: (it.inputs["securityGroupId"], it.inputs["fromPort"], it.inputs["toPort"], it.inputs["referencedSecurityGroupId"])
        for kind in ("Ingress", "Egress")
        for it in built.of_type(f"securityGroup{kind}Rule:SecurityGroup{kind}Rule")
        if "referencedSecurityGroupId" in it.inputs
    }  # fmt: skip
    assert opened == {
        "api-from-lb": ("api-id", 8080, 8080, "sg-0000001b"),
        "api-lb-to-tasks": ("sg-0000001b", 8080, 8080, "api-id"),
    }
    service = built.one("service:Service", "api")
    assert "ListenerRule api-orders" in service.depends_on, "ECS takes no target group that nothing sends to"
    assert service.inputs["loadBalancers"][0]["targetGroupArn"] == "arn:aws:lb:eu-west-1:123456789012:api"
    outputs = built.component_outputs("FargateService")
    assert (outputs.get("url"), outputs["loadBalancerSecurityGroupId"]) == (None, "sg-0000001b")


def test_every_condition_is_written_as_aws_has_it() -> None:
    rules = {
        "most": {
            "host_headers": ["api.example.com"],
            "path_patterns": ["/a/*"],
            "http_headers": {"X-Kind": ["beta"]},
            "query_strings": {"version": ["2"]},
            "http_request_methods": ["GET"],
        },
        "inside": {"source_cidr_blocks": ["10.0.0.0/8"], "priority": 7},
    }
    made = build(lambda: FargateService("api", behind(rules))).of_type("listenerRule:ListenerRule")
    inside, most = (it.inputs for it in made)
    assert (inside["priority"], inside["conditions"]) == (7, [{"sourceIp": {"values": ["10.0.0.0/8"]}}])
    assert most["conditions"] == [
        {"hostHeader": {"values": ["api.example.com"]}},
        {"pathPattern": {"values": ["/a/*"]}},
        {"httpHeader": {"httpHeaderName": "X-Kind", "values": ["beta"]}},
        {"queryStrings": [{"key": "version", "value": "2"}]},
        {"httpRequestMethod": {"values": ["GET"]}},
    ]


def test_requests_per_target_are_those_of_the_shared_load_balancer() -> None:
    args = BEHIND_LISTENER | {"scaling": {"max_tasks": 4, "requests_per_target": 100}}
    (policy,) = build(lambda: FargateService("api", args)).of_type("policy:Policy")
    tracked = policy.inputs["targetTrackingScalingPolicyConfiguration"]["predefinedMetricSpecification"]
    assert tracked["resourceLabel"] == "app/edge/0a1b/targetgroup/api/2c3d"


def test_another_service_changes_no_priority() -> None:
    def priorities(*paths: str) -> dict[str, int]:
        def services() -> None:
            edge = LoadBalancer("edge", SHARED_BALANCER)  # type: ignore[arg-type]
            shared = {"listener_arn": edge.listener_arn, "security_group_id": edge.security_group_id}
            for path in paths:
                FargateService(path, behind({"it": {"path_patterns": [f"/{path}/*"]}}, **shared))

        return {it.name: it.inputs["priority"] for it in build(services).of_type("listenerRule:ListenerRule")}

    two = priorities("orders", "billing")
    assert priorities("aaa", "billing", "orders", "zzz").items() >= two.items()


@pytest.mark.parametrize("own_output", [True, False], ids=["an output", "a plain ARN"])
def test_two_services_that_ask_for_the_same_are_refused_before_either_rule_exists(own_output: bool) -> None:
    def services() -> None:
        arn = pulumi.Output.from_input(LISTENER) if own_output else LISTENER
        same = {"it": {"path_patterns": ["/orders/*"]}}
        FargateService("first", behind(same, listener_arn=arn))
        with pytest.raises(ArgumentError) as caught:
            FargateService("second", behind(same, listener_arn=arn))
        assert str(caught.value) == (
            "FargateService 'second': listener.rules.it has priority 42117 on this listener like FargateService 'first' "
            "listener.rules.it; ask for something else, or set listener.rules.it.priority, for example to 42118"
        )
        FargateService("third", behind(same, listener_arn=f"{LISTENER}9"))

    assert [it.name for it in build(services).of_type("listenerRule:ListenerRule")] == ["first-it", "third-it"]


def test_a_load_balancer_of_a_services_own_has_everything_too() -> None:
    args = TASK | {"container_port": 80, "load_balancer": SHARED_BALANCER | NAMED}
    built = build(lambda: FargateService("api", args))
    assert built.component_outputs("FargateService")["url"] == "https://shop.example.com"


def test_two_domain_names_that_differ_by_a_dot_have_records_of_their_own() -> None:
    names = ["api.shop.example.com", "api-shop.example.com"]
    args = SHARED_BALANCER | {"certificate_arn": CERTIFICATE, "domain_names": names, "hosted_zone_id": "Z123"}
    records = build(lambda: COMPONENTS["LoadBalancer"]("edge", args)).of_type("record:Record")
    assert {it.name: it.inputs["name"] for it in records} == {
        "edge-api-shop-example-com": names[0],
        "edge-api-shop-example-com-2": names[1],
    }
