"""Functions (data sources) for resources of other programs: keys, queues, images, load balancers, zones, secrets."""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT
from slipway_sandbox.provider.protocol import wire
from tests.support.sandbox.provider_driver import Driver, Live, ProviderCallError
from tests.support.sandbox.provider_world import Registry, provider

os.environ.update(MOTO_ENVIRONMENT)


@pytest.fixture(scope="module")
def world() -> Iterator[tuple[Driver, Registry]]:
    with provider() as (port, registry):
        driver = Driver(port, {"region": "eu-west-1"})
        yield driver, registry
        driver.close()


@pytest.fixture
def driver(world: tuple[Driver, Registry]) -> Driver:
    return world[0]


def ask(driver: Driver, function: str, /, **arguments: object) -> dict[str, object]:
    """A function by its short name, such as lb/getListener."""
    return driver.invoke(f"aws:{function}:{function.partition('/')[2]}", arguments)


def refusal(driver: Driver, function: str, /, **arguments: object) -> str:
    with pytest.raises(ProviderCallError) as refused:
        ask(driver, function, **arguments)
    return str(refused.value)


def test_an_arn_comes_apart(driver: Driver) -> None:
    found = ask(driver, "index/getArn", arn="arn:aws:ecs:eu-west-1:123456789012:service/shop/api")
    parts = {name: found[name] for name in ("partition", "service", "region", "account", "resource")}
    assert parts == {
        "partition": "aws",
        "service": "ecs",
        "region": "eu-west-1",
        "account": "123456789012",
        "resource": "service/shop/api",
    }
    assert "an ARN looks like arn:aws:service:region:account:resource, got 'shop'" in refusal(
        driver, "index/getArn", arn="shop"
    )


def test_a_key_is_found_by_its_alias(driver: Driver) -> None:
    key = driver.create("aws:kms/key:Key", "key", {"description": "app"})
    driver.create("aws:kms/alias:Alias", "alias", {"name": "alias/app", "targetKeyId": key.id})
    found = ask(driver, "kms/getKey", keyId="alias/app")
    assert (found["id"], found["description"], found["enabled"]) == (key.id, "app", True)
    assert ask(driver, "kms/getAlias", name="alias/app")["targetKeyArn"] == key.outputs["arn"]
    assert "there is no Alias alias/none in eu-west-1" in refusal(driver, "kms/getAlias", name="alias/none")


def test_a_queue_is_found_by_its_name(driver: Driver) -> None:
    queue = driver.create("aws:sqs/queue:Queue", "orders", {"name": "orders", "tags": {"team": "shop"}})
    found = ask(driver, "sqs/getQueue", name="orders")
    assert (found["url"], found["arn"], found["tags"]) == (queue.id, queue.outputs["arn"], {"team": "shop"})
    assert "NonExistentQueue" in refusal(driver, "sqs/getQueue", name="none")


def test_an_image_is_found_once_it_was_pushed(world: tuple[Driver, Registry]) -> None:
    driver, registry = world
    driver.create("aws:ecr/repository:Repository", "app", {"name": "app"})
    assert "there is no image v1 in app; push it first" in refusal(
        driver, "ecr/getImage", repositoryName="app", imageTag="v1"
    )
    registry.images["app"] = {"v1": "sha256:11", "latest": "sha256:11"}
    found = ask(driver, "ecr/getImage", repositoryName="app", mostRecent=True)
    assert (found["imageDigest"], found["imageTags"]) == ("sha256:11", ["latest", "v1"])
    assert found["imageUri"] == f"{registry.address}/app@sha256:11"
    registry.images["app"]["v2"] = "sha256:22"
    assert "2 images are in app; say which" in refusal(driver, "ecr/getImage", repositoryName="app", mostRecent=True)


def test_the_account_that_writes_access_logs_is_known_where_there_is_one(driver: Driver) -> None:
    assert ask(driver, "elb/getServiceAccount")["arn"] == "arn:aws:iam::156460612806:root"
    assert "has no account in eu-central-2" in refusal(driver, "elb/getServiceAccount", region="eu-central-2")


def test_the_ranges_of_a_service_and_of_ones_own_list_are_known(driver: Driver) -> None:
    found = ask(driver, "ec2/getPrefixList", name="com.amazonaws.eu-west-1.s3")
    assert found["cidrBlocks"] == ["3.5.0.0/19", "52.216.0.0/15", "54.231.0.0/16"]
    entries = [{"cidr": "10.1.0.0/16", "description": "office"}]
    inputs = {"name": "offices", "addressFamily": "IPv4", "maxEntries": 5, "entries": entries}
    own = driver.create("aws:ec2/managedPrefixList:ManagedPrefixList", "offices", inputs)
    by_name = ask(driver, "ec2/getManagedPrefixList", name="offices")
    assert (by_name["id"], by_name["entries"], by_name["maxEntries"]) == (own.id, entries, 5)


def test_a_load_balancer_is_found_with_its_listener_and_target_group(driver: Driver) -> None:
    balancer, listener, targets = web(driver)
    found = ask(driver, "lb/getLoadBalancer", tags={"tier": "web"})
    assert (found["arn"], found["dnsName"], found["idleTimeout"]) == (balancer.id, balancer.outputs["dnsName"], 30)
    assert (found["internal"], found["securityGroups"]) == (True, balancer.outputs["securityGroups"])
    assert ask(driver, "lb/getLoadBalancer", name="web")["arn"] == balancer.id
    assert ask(driver, "lb/getTargetGroup", name="targets")["port"] == 8080
    by_port = ask(driver, "lb/getListener", loadBalancerArn=balancer.id, port=80)
    assert (by_port["arn"], by_port["protocol"]) == (listener.id, "HTTP")
    assert ask(driver, "lb/getListener", arn=listener.id)["port"] == 80
    assert "no listeners match" in refusal(driver, "lb/getListener", loadBalancerArn=balancer.id, port=443)
    assert targets.id in str(by_port["defaultActions"])
    check_rule(driver, listener, targets)


def check_rule(driver: Driver, listener: Live, targets: Live) -> None:
    """The rule of a listener is found by its priority, in the lists of the real look-up."""
    conditions = [{"pathPattern": {"values": ["/a/*"]}}, {"queryStrings": [{"key": "v", "value": "2"}]}]
    forward = [{"type": "forward", "targetGroupArn": targets.id}]
    inputs = {"listenerArn": listener.id, "priority": 7, "actions": forward, "conditions": conditions}
    rule = driver.create("aws:lb/listenerRule:ListenerRule", "a", {**inputs, "tags": {"Name": "shop-a"}})
    found = ask(driver, "lb/getListenerRule", listenerArn=listener.id, priority=7)
    assert (found["arn"], found["listenerArn"], found["priority"]) == (rule.id, listener.id, 7)
    assert found["tags"] == {"Name": "shop-a"}
    actions: Any = found["actions"]
    [action] = actions
    assert (action["type"], action["forwards"][0]["targetGroups"]) == ("forward", [{"arn": targets.id, "weight": 1}])
    assert found["conditions"] == [
        {"pathPatterns": [{"values": ["/a/*"]}]},
        {"queryStrings": [{"values": [{"key": "v", "value": "2"}]}]},
    ]
    assert ask(driver, "lb/getListenerRule", arn=rule.id)["priority"] == 7
    free = f'reading ELBv2 Listener Rule Data Source ("{listener.id}"/8): empty result'
    assert free in refusal(driver, "lb/getListenerRule", listenerArn=listener.id, priority=8)
    assert "say arn, or listenerArn and priority" in refusal(driver, "lb/getListenerRule", listenerArn=listener.id)


def web(driver: Driver) -> tuple[Live, Live, Live]:
    """An internal load balancer, its listener, and the target group behind it."""
    vpc = driver.create("aws:ec2/vpc:Vpc", "web", {"cidrBlock": "10.66.0.0/16"})
    subnets = []
    for index, zone in enumerate(("eu-west-1a", "eu-west-1b")):
        place = {"vpcId": vpc.id, "cidrBlock": f"10.66.{index}.0/24", "availabilityZone": zone}
        subnets.append(driver.create("aws:ec2/subnet:Subnet", zone, place).id)
    inputs = {"name": "web", "internal": True, "subnets": subnets, "idleTimeout": 30, "tags": {"tier": "web"}}
    balancer = driver.create("aws:lb/loadBalancer:LoadBalancer", "web", inputs)
    group = {"name": "targets", "port": 8080, "protocol": "HTTP", "targetType": "ip", "vpcId": vpc.id}
    targets = driver.create("aws:lb/targetGroup:TargetGroup", "targets", group)
    actions = [{"type": "forward", "targetGroupArn": targets.id}]
    listens = {"loadBalancerArn": balancer.id, "port": 80, "protocol": "HTTP", "defaultActions": actions}
    return balancer, driver.create("aws:lb/listener:Listener", "web", listens), targets


def test_a_zone_is_public_or_private_and_a_certificate_issued_or_not(driver: Driver) -> None:
    vpc = driver.create("aws:ec2/vpc:Vpc", "inside", {"cidrBlock": "10.67.0.0/16"})
    public = driver.create("aws:route53/zone:Zone", "public", {"name": "example.org", "tags": {"a": "b"}})
    inner = {"name": "example.org", "vpcs": [{"vpcId": vpc.id}]}
    private = driver.create("aws:route53/zone:Zone", "private", inner)
    found = ask(driver, "route53/getZone", name="example.org.")
    assert (found["zoneId"], found["privateZone"], found["tags"]) == (public.id, False, {"a": "b"})
    assert found["nameServers"] == public.outputs["nameServers"]
    assert ask(driver, "route53/getZone", name="example.org", privateZone=True)["zoneId"] == private.id
    assert "no hosted zones match 'example.net'" in refusal(driver, "route53/getZone", name="example.net")

    asked = {"domainName": "api.example.org", "validationMethod": "DNS"}
    certificate = driver.create("aws:acm/certificate:Certificate", "api", asked)
    assert "no certificate for 'api.example.org' is ISSUED" in refusal(
        driver, "acm/getCertificate", domain="api.example.org"
    )
    option = certificate.outputs["domainValidationOptions"][0]
    record = {"zoneId": public.id, "name": option["resourceRecordName"], "type": "CNAME", "ttl": 60}
    driver.create("aws:route53/record:Record", "proof", {**record, "records": [option["resourceRecordValue"]]})
    assert ask(driver, "acm/getCertificate", domain="api.example.org")["arn"] == certificate.id


def test_a_certificate_without_its_records_is_never_issued_and_says_which(driver: Driver) -> None:
    asked = {"domainName": "lost.example.org", "validationMethod": "DNS"}
    certificate = driver.create("aws:acm/certificate:Certificate", "lost", asked)
    token, awaited = "aws:acm/certificateValidation:CertificateValidation", {"certificateArn": certificate.id}
    with pytest.raises(ProviderCallError, match=r"is PENDING_VALIDATION; it is issued once these records are"):
        driver.create(token, "lost", awaited, timeout_seconds=0.5)
    with pytest.raises(ProviderCallError, match=r"certificate needs .* but only \['other'\] was passed"):
        driver.create(token, "lost", {**awaited, "validationRecordFqdns": ["other"]})


def test_a_secrets_value_is_secret_and_a_policy_is_found_by_name(driver: Driver) -> None:
    secret = driver.create("aws:secretsmanager/secret:Secret", "token", {"name": "token", "recoveryWindowInDays": 0})
    version = {"secretId": secret.id, "secretString": "hush"}
    driver.create("aws:secretsmanager/secretVersion:SecretVersion", "token", version)
    found = ask(driver, "secretsmanager/getSecretVersion", secretId="token")
    assert (found["secretString"], found["versionStage"]) == (wire.Secret("hush"), "AWSCURRENT")
    assert ask(driver, "secretsmanager/getSecret", name="token")["arn"] == secret.id
    policy = ask(driver, "iam/getPolicy", name="ReadOnlyAccess")
    assert policy["arn"] == "arn:aws:iam::aws:policy/ReadOnlyAccess"


def test_a_service_is_found_in_its_cluster(driver: Driver) -> None:
    cluster = driver.create("aws:ecs/cluster:Cluster", "shop", {"name": "shop"})
    assert "no matching ECS Service found" in refusal(driver, "ecs/getService", clusterArn="shop", serviceName="api")
    assert ask(driver, "ecs/getCluster", clusterName="shop")["arn"] == cluster.id


def test_a_task_definition_is_found_by_family_and_by_revision(driver: Driver) -> None:
    containers = json.dumps([{"name": "api", "image": "shop/api:1", "memory": 128}])
    inputs = {"family": "api", "containerDefinitions": containers}
    first = driver.create("aws:ecs/taskDefinition:TaskDefinition", "first", inputs).outputs["arn"]
    driver.create("aws:ecs/taskDefinition:TaskDefinition", "second", inputs)
    newest = ask(driver, "ecs/getTaskDefinition", taskDefinition="api")
    assert (newest["revision"], newest["status"]) == (2, "ACTIVE")
    found = ask(driver, "ecs/getTaskDefinition", taskDefinition=first)
    assert (found["arn"], found["revision"]) == (first, 1)
    assert [it["image"] for it in json.loads(str(found["containerDefinitions"]))] == ["shop/api:1"]
