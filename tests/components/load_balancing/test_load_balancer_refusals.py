"""What a load balancer and a listener's rules refuse, each in one sentence, before anything exists."""

from typing import Any

import pytest

from slipway import ArgumentError
from tests.support.components.mocks import build
from tests.support.components.refusals import Refused, refusal
from tests.support.components.samples import COMPONENTS
from tests.support.components.service_samples import (
    BALANCER,
    BEHIND_BALANCER,
    BEHIND_LISTENER,
    CERTIFICATE,
    RICH_BALANCER,
    SHARED_BALANCER,
    TASK,
)

ZONE: dict[str, Any] = {"hosted_zone_id": "Z123"}
NO_CERTIFICATE = "needs a certificate, got none; set certificate_arn, or domain_names for a new one"
NO_DOMAIN = "must be a domain name in lower case, at most 64 long, such as api.example.com, got"
KEYS = "must be letters, digits and hyphens and start with a letter, got"
NO_SOURCE = (
    "allowed_cidr_blocks is required where no other source is named, got nothing; set allowed_cidr_blocks to your "
    "office's network or to 0.0.0.0/0 for everyone, allowed_prefix_list_ids or allowed_security_group_ids"
)

LOAD_BALANCER = [
    Refused({"vpc_id": None}, "vpc_id is required, got nothing; give it a value"),
    Refused({"allowed_cidr_blocks": None}, NO_SOURCE),
    Refused(
        {"allowed_security_group_ids": {}},
        "allowed_security_group_ids must have at least one entry, got none; for example one that you trust",
    ),
    Refused({"allowed_security_group_ids": {"my office": "sg-00000001"}}, f"the keys of allowed_security_group_ids {KEYS} 'my office'"),
    Refused(
        {"allowed_prefix_list_ids": ["cloudfront"]},
        "allowed_prefix_list_ids[0] must be the id of a prefix list, such as pl-0123456789abcdef0, got 'cloudfront'",
    ),
    Refused(
        {"allowed_prefix_list_ids": ["pl-01234567", "pl-01234567"]},
        "allowed_prefix_list_ids must be distinct, got 'pl-01234567' twice; remove one",
    ),
    Refused(ZONE, "hosted_zone_id needs domain_names, got none; set both or neither"),
    Refused(
        {"domain_names": ["shop.example.com"]},
        "domain_names needs hosted_zone_id, got none; set the Route 53 zone of these names, or leave them out and "
        "create records of your own",
    ),
    Refused(ZONE | {"domain_names": []}, "domain_names must have at least one entry, got none; for example api.example.com"),
    Refused(ZONE | {"domain_names": ["Shop.example.com"]}, f"domain_names[0] {NO_DOMAIN} 'Shop.example.com'"),
    Refused(ZONE | {"domain_names": ["localhost"]}, f"domain_names[0] {NO_DOMAIN} 'localhost'"),
    Refused(ZONE | {"domain_names": ["a.*.example.com"]}, f"domain_names[0] {NO_DOMAIN} 'a.*.example.com'"),
    Refused(ZONE | {"domain_names": [f"{'a' * 60}.example.com"]}, f"domain_names[0] {NO_DOMAIN} '{'a' * 60}.example.com'"),
    Refused(ZONE | {"domain_names": ["a.b.com", "a.b.com"]}, "domain_names must be distinct, got 'a.b.com' twice; remove one"),
    Refused({"tls_policy": "ELBSecurityPolicy-TLS13-1-3-2021-06"}, f"tls_policy {NO_CERTIFICATE}"),
    Refused({"additional_certificate_arns": {"old": CERTIFICATE}}, f"additional_certificate_arns {NO_CERTIFICATE}"),
    Refused({"trust_store_arn": RICH_BALANCER["trust_store_arn"]}, f"trust_store_arn {NO_CERTIFICATE}"),
    Refused({"connection_logs_bucket": "logs"}, f"connection_logs_bucket {NO_CERTIFICATE}"),
    Refused(
        {"certificate_arn": CERTIFICATE, "tls_policy": "modern"},
        "tls_policy must be the name of a policy of Elastic Load Balancing, got 'modern'; "
        "for example ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
    ),
    *[
        Refused(
            {"certificate_arn": CERTIFICATE, "tls_policy": f"ELBSecurityPolicy-{old}"},
            f"tls_policy must not allow TLS 1.0 or 1.1, got 'ELBSecurityPolicy-{old}'; "
            "use ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
        )
        for old in ("2016-08", "TLS-1-1-2017-01", "TLS13-1-0-2021-06", "FS-1-1-2019-08")
    ],
    Refused(
        {"certificate_arn": CERTIFICATE, "additional_certificate_arns": {"old": "shop.pem"}},
        "additional_certificate_arns.old must be the ARN of a certificate, got 'shop.pem'",
    ),
    Refused(
        {"certificate_arn": CERTIFICATE, "additional_certificate_arns": {"1": CERTIFICATE}},
        f"the keys of additional_certificate_arns {KEYS} '1'",
    ),
    Refused(
        {"certificate_arn": CERTIFICATE, "trust_store_arn": "store"},
        "trust_store_arn must be the ARN of a trust store, got 'store'",
    ),
    Refused({"web_acl_arn": "acl"}, "web_acl_arn must be the ARN of a regional web ACL, got 'acl'"),
    Refused({"access_logs_bucket": "My Logs"}, "access_logs_bucket must be the name of a bucket, got 'My Logs'; write it like example-logs"),
    Refused({"idle_timeout_seconds": 4001}, "idle_timeout_seconds must be a whole number 1-4000, got 4001"),
    Refused({"subnet_ids": ["subnet-00000001"]}, "subnet_ids must be of two zones at least, got 1"),
    Refused({"internal": "yes"}, "internal must be true or false, got 'yes'"),
    Refused({"listener": 80}, "listener is not an argument; the arguments are access_logs_bucket, "
        "additional_certificate_arns, allowed_cidr_blocks, allowed_prefix_list_ids, allowed_security_group_ids, "
        "certificate_arn, connection_logs_bucket, deletion_protection, domain_names, hosted_zone_id, "
        "idle_timeout_seconds, internal, subnet_ids, tags, tls_policy, trust_store_arn, vpc_id, web_acl_arn"),
]  # fmt: skip


def rule(**asked: Any) -> dict[str, Any]:
    return rules({"it": asked})


def rules(named: Any) -> dict[str, Any]:
    return BEHIND_LISTENER | {"listener": BEHIND_LISTENER["listener"] | {"rules": named}}


HOST = "must be a host name with a dot, where * is any text and ? one character, at most 128 long, got"
PATH = "must be a path that begins with / or *, of letters, digits and _-.$/~\"'@:+&*?, at most 128 long, got"

LISTENER = [
    Refused(
        rules({}),
        'listener.rules must have at least one entry, got none; for example {"api": {"path_patterns": ["/api/*"]}}',
    ),
    Refused(rules({"a b": {"path_patterns": ["/*"]}}), f"the keys of listener.rules {KEYS} 'a b'"),
    Refused(rules(["/orders"]), "listener.rules must be a mapping, got ['/orders']"),
    Refused(
        rule(),
        'listener.rules.it must have a condition, got none; name one, such as path_patterns ["/*"] for every request',
    ),
    Refused(
        rule(path_patterns=[]),
        "listener.rules.it.path_patterns must have at least one entry, got none; for example /orders/*",
    ),
    Refused(rule(path_patterns=["orders/*"]), f"listener.rules.it.path_patterns[0] {PATH} 'orders/*'"),
    Refused(rule(path_patterns=["/or ders"]), f"listener.rules.it.path_patterns[0] {PATH} '/or ders'"),
    Refused(rule(path_patterns=["/" + "a" * 128]), f"listener.rules.it.path_patterns[0] {PATH} '/{'a' * 128}'"),
    Refused(rule(host_headers=["localhost"]), f"listener.rules.it.host_headers[0] {HOST} 'localhost'"),
    Refused(rule(host_headers=["a.com", "b.com:443"]), f"listener.rules.it.host_headers[1] {HOST} 'b.com:443'"),
    Refused(
        rule(host_headers=["a.com", "a.com"]),
        "listener.rules.it.host_headers must be distinct, got 'a.com' twice; remove one",
    ),
    Refused(
        rule(http_request_methods=["get"]),
        "listener.rules.it.http_request_methods[0] must be a method in capitals, such as GET, at most 128 long, got 'get'",
    ),
    Refused(
        rule(source_cidr_blocks=["10.0.0.1/8"]),
        "listener.rules.it.source_cidr_blocks[0] must be an IPv4 network, got '10.0.0.1/8'; "
        "the network of that address is 10.0.0.0/8",
    ),
    Refused(
        rule(http_headers={"Host": ["a.com"]}),
        "listener.rules.it.http_headers must not contain 'Host'; use host_headers",
    ),
    Refused(
        rule(http_headers={"X Kind": ["a"]}),
        "listener.rules.it.http_headers must not contain 'X Kind'; give a header's name, at most 40 characters",
    ),
    Refused(
        rule(http_headers={"X-Kind": []}),
        "listener.rules.it.http_headers.X-Kind must have at least one entry, got none; for example *",
    ),
    Refused(rule(query_strings={"v": "2"}), "listener.rules.it.query_strings.v must be a list, got '2'"),
    Refused(
        rule(path_patterns=["/a", "/b", "/c"], http_request_methods=["GET", "PUT", "POST"]),
        "listener.rules.it must have at most 5 values, got 6; make it several rules",
    ),
    Refused(
        rule(path_patterns=["/*"], priority=0),
        "listener.rules.it.priority must be a whole number 1-50000, got 0",
    ),
    Refused(
        rules({"a": {"path_patterns": ["/x", "/y"]}, "b": {"path_patterns": ["/y", "/x"]}}),
        "listener.rules.b has the same conditions as listener.rules.a; remove one",
    ),
    Refused(
        rules({"a": {"path_patterns": ["/x"], "priority": 5}, "b": {"path_patterns": ["/y"], "priority": 5}}),
        "listener.rules.b has priority 5 like listener.rules.a; set listener.rules.b.priority, for example to 32695",
    ),
    Refused(
        rule(path_pattern=["/x"]),
        "listener.rules.it.path_pattern is not an argument; did you mean path_patterns?",
    ),
    Refused(
        BEHIND_LISTENER | {"listener": BEHIND_LISTENER["listener"] | {"listener_arn": "arn:aws:lb"}},
        "listener.listener_arn must be the ARN of a listener of an application load balancer, got 'arn:aws:lb'; "
        "it is in LoadBalancer's listener_arn",
    ),
    Refused(
        BEHIND_LISTENER | {"load_balancer": BALANCER},
        "set load_balancer or listener, got both",
    ),
    Refused(
        BEHIND_LISTENER | {"container_port": None},
        "listener needs container_port, got none; set the port the image listens on",
    ),
    Refused(
        {"stickiness_seconds": 60},
        "stickiness_seconds needs load_balancer or listener, got none; set load_balancer or leave stickiness_seconds out",
    ),
    Refused(
        BEHIND_BALANCER | {"load_balancer": BALANCER | {"web_acl_arn": "acl"}},
        "load_balancer.web_acl_arn must be the ARN of a regional web ACL, got 'acl'",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("args", "says"), LOAD_BALANCER)
def test_a_load_balancer_that_cannot_work_is_refused(args: dict[str, Any], says: str) -> None:
    assert refusal(lambda: COMPONENTS["LoadBalancer"]("edge", SHARED_BALANCER | args)) == f"LoadBalancer 'edge': {says}"


@pytest.mark.parametrize(("args", "says"), LISTENER)
def test_rules_that_cannot_work_are_refused(args: dict[str, Any], says: str) -> None:
    assert refusal(lambda: COMPONENTS["FargateService"]("api", TASK | args)) == f"FargateService 'api': {says}"


def test_a_name_that_leaves_no_room_for_pulumis_suffix_is_refused() -> None:
    def construct() -> None:
        with pytest.raises(
            ArgumentError, match=r"^LoadBalancer 'eeeeeeeeeeeeeeeeeeeeeeeee': the name must be at most 24 "
        ):
            COMPONENTS["LoadBalancer"]("e" * 25, SHARED_BALANCER)

    assert build(construct).resources == []
