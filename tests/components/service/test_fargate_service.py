"""FargateService: nothing more open or more privileged than asked for, and roll-outs that undo themselves."""

import json
from typing import Any

from tests.support.components.mocks import Built, build
from tests.support.components.samples import COMPONENTS, RICHEST
from tests.support.components.service_samples import BALANCER, BEHIND_BALANCER, CERTIFICATE, IMAGE, SECRET, TASK

FargateService = COMPONENTS["FargateService"]


def service(args: dict[str, Any]) -> Built:
    return build(lambda: FargateService("api", args))


def container(built: Built) -> dict[str, Any]:
    first, *_ = json.loads(built.one("taskDefinition:TaskDefinition", "api").inputs["containerDefinitions"])
    return dict(first)


def statements(built: Built, role: str) -> list[dict[str, Any]]:
    return list(json.loads(built.one("rolePolicy:RolePolicy", role).inputs["policy"])["Statement"])


def rules(built: Built, kind: str) -> dict[str, tuple[str, int, int, str]]:
    return {
        it.name: (
            it.inputs["securityGroupId"],
            it.inputs["fromPort"],
            it.inputs["toPort"],
            it.inputs.get("cidrIpv4") or it.inputs["referencedSecurityGroupId"],
        )
        for it in built.of_type(f"securityGroup{kind}Rule:SecurityGroup{kind}Rule")
    }


def test_a_default_service_is_exactly_this() -> None:
    built = service(TASK)
    assert built.one("service:Service", "api").inputs == {
        "cluster": TASK["cluster_arn"],
        "taskDefinition": "arn:aws:ecs:eu-west-1:123456789012:api",
        "launchType": "FARGATE",
        "desiredCount": 2,
        "networkConfiguration": {
            "subnets": ["subnet-00000001", "subnet-00000002"],
            "securityGroups": ["api-id"],
            "assignPublicIp": False,
        },
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        "deploymentConfiguration": {"strategy": "ROLLING"},
        "deploymentMinimumHealthyPercent": 100,
        "deploymentMaximumPercent": 200,
        "waitForSteadyState": False,
        "sigintRollback": False,
        "enableEcsManagedTags": True,
        "propagateTags": "SERVICE",
        "availabilityZoneRebalancing": "ENABLED",
        "tags": {"Name": "api"},
    }
    assert built.counts() == {
        "aws:cloudwatch/logGroup:LogGroup": 1,
        "aws:ec2/securityGroup:SecurityGroup": 1,
        "aws:ecs/service:Service": 1,
        "aws:ecs/taskDefinition:TaskDefinition": 1,
        "aws:iam/role:Role": 2,
        "aws:iam/rolePolicy:RolePolicy": 1,
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": 1,
        "pulumi:index:Stash": 2,
    }
    outputs = built.component_outputs("FargateService")
    assert (outputs.get("url"), outputs.get("targetGroupArn")) == (None, None)


def test_a_default_task_runs_without_privileges() -> None:
    built = service(TASK)
    definition = built.one("taskDefinition:TaskDefinition", "api").inputs
    del definition["containerDefinitions"]
    assert definition == {
        "family": "api",
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "runtimePlatform": {"operatingSystemFamily": "LINUX", "cpuArchitecture": "X86_64"},
        "executionRoleArn": "arn:aws:iam:eu-west-1:123456789012:api-execution",
        "taskRoleArn": "arn:aws:iam:eu-west-1:123456789012:api-task",
        "tags": {"Name": "api"},
    }
    assert container(service(TASK)) == {
        "name": "api",
        "image": IMAGE,
        "essential": True,
        "user": "10001",
        "readonlyRootFilesystem": True,
        "linuxParameters": {"initProcessEnabled": True, "capabilities": {"drop": ["ALL"]}},
        "stopTimeout": 30,
        "environment": [],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": "api",
                "awslogs-region": "eu-west-1",
                "awslogs-stream-prefix": "api",
                "mode": "non-blocking",
                "max-buffer-size": "25m",
            },
        },
    }


def test_everything_asked_for_is_in_the_task() -> None:
    built = service(RICHEST["FargateService"])
    made = container(built)
    assert made["environment"][:2] == [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]
    by_links = ["DONE_QUEUE", "FLAG_ARN", "JOBS_QUEUE", "RETURNS_TOPIC", "STOCK_URL"]
    assert [it["name"] for it in made["environment"][2:]] == by_links
    assert [it["name"] for it in made["secrets"]] == ["FLAG", "PASSWORD", "TOKEN"]
    port = {"containerPort": 8080, "hostPort": 8080, "protocol": "tcp", "name": "main", "appProtocol": "http2"}
    assert made["portMappings"] == [port]
    assert (made["command"], made["user"], made["stopTimeout"]) == (["python", "-m", "app"], "1000:1000", 60)
    inputs = built.one("taskDefinition:TaskDefinition", "api").inputs
    assert (inputs["cpu"], inputs["memory"], inputs["runtimePlatform"]["cpuArchitecture"]) == ("512", "1024", "ARM64")


def test_the_order_of_variables_does_not_make_another_revision() -> None:
    one, other = ({"B": "2", "A": "1"}, {"A": "1", "B": "2"})
    assert container(service(TASK | {"environment": one})) == container(service(TASK | {"environment": other}))


def test_the_execution_role_may_pull_this_image_write_this_log_and_read_these_secrets() -> None:
    built = service(TASK | {"secrets": {"USER": f"{SECRET}:user::", "PASSWORD": f"{SECRET}:password::"}})
    repository = "arn:aws:ecr:eu-west-1:123456789012:repository/shop/api"
    assert statements(built, "api-execution") == [
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": "arn:aws:cloudwatch:eu-west-1:123456789012:api:*",
        },
        {"Effect": "Allow", "Action": ["ecr:GetAuthorizationToken"], "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            "Resource": repository,
        },
        {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"], "Resource": [SECRET]},
    ]


def test_an_image_from_elsewhere_needs_no_ecr() -> None:
    built = service(TASK | {"image": "localhost:5000/api@sha256:" + "a" * 64})
    actions = [action for it in statements(built, "api-execution") for action in it["Action"]]
    assert actions == ["logs:CreateLogStream", "logs:PutLogEvents"]


def test_the_task_role_may_do_what_was_named_and_nothing_by_default() -> None:
    assert [it.name for it in service(TASK).of_type("rolePolicy:RolePolicy")] == ["api-execution"]
    permissions = [{"actions": ["sns:Publish"], "resources": ["arn:aws:sns:eu-west-1:123456789012:orders"]}]
    assert statements(service(TASK | {"permissions": permissions}), "api-task") == [
        {"Effect": "Allow", "Action": ["sns:Publish"], "Resource": ["arn:aws:sns:eu-west-1:123456789012:orders"]}
    ]


def test_roles_trust_ecs_for_this_account_only() -> None:
    for role in service(TASK).of_type("role:Role"):
        assert json.loads(role.inputs["assumeRolePolicy"])["Statement"] == [
            {
                "Effect": "Allow",
                "Principal": {"Service": "ecs-tasks.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}},
            }
        ]


def test_only_the_load_balancer_reaches_the_tasks_and_only_on_their_port() -> None:
    built = service(BEHIND_BALANCER)
    assert rules(built, "Ingress") == {
        "api-from-lb": ("api-id", 8080, 8080, "api-lb-id"),
        "api-lb-80-203-0-113-0-24": ("api-lb-id", 80, 80, "203.0.113.0/24"),
    }
    assert rules(built, "Egress") == {
        "api-https": ("api-id", 443, 443, "0.0.0.0/0"),
        "api-lb-to-tasks": ("api-lb-id", 8080, 8080, "api-id"),
    }


def test_without_a_load_balancer_nothing_reaches_the_tasks() -> None:
    assert rules(service(TASK | {"container_port": 8080}), "Ingress") == {}


def test_plain_http_forwards_to_targets_that_are_checked_fast() -> None:
    built = service(BEHIND_BALANCER)
    assert built.one("loadBalancer:LoadBalancer", "api").inputs == {
        "loadBalancerType": "application",
        "internal": False,
        "subnets": ["subnet-00000003", "subnet-00000004"],
        "securityGroups": ["api-lb-id"],
        "dropInvalidHeaderFields": True,
        "enableDeletionProtection": False,
        "tags": {"Name": "api"},
    }
    assert built.one("targetGroup:TargetGroup", "api").inputs == {
        "vpcId": "vpc-00000001",
        "targetType": "ip",
        "protocol": "HTTP",
        "port": 8080,
        "deregistrationDelay": 15,
        "healthCheck": {
            "path": "/health",
            "protocol": "HTTP",
            "matcher": "200",
            "interval": 10,
            "timeout": 5,
            "healthyThreshold": 2,
            "unhealthyThreshold": 3,
        },
        "tags": {"Name": "api"},
    }
    forward = [{"type": "forward", "targetGroupArn": "arn:aws:lb:eu-west-1:123456789012:api"}]
    (listener,) = built.of_type("listener:Listener")
    assert (listener.inputs["port"], listener.inputs["protocol"]) == (80, "HTTP")
    assert listener.inputs["defaultActions"] == forward
    assert built.component_outputs("FargateService")["url"] == "http://api.elb.example"


def test_a_certificate_serves_https_and_redirects_http() -> None:
    built = service(BEHIND_BALANCER | {"load_balancer": BALANCER | {"certificate_arn": CERTIFICATE}})
    http, https = built.of_type("listener:Listener")
    assert http.inputs["defaultActions"] == [
        {"type": "redirect", "redirect": {"port": "443", "protocol": "HTTPS", "statusCode": "HTTP_301"}}
    ]
    assert https.inputs["sslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
    assert (https.inputs["port"], https.inputs["certificateArn"]) == (443, CERTIFICATE)
    ports = {rule[1] for name, rule in rules(built, "Ingress").items() if name.startswith("api-lb")}
    assert ports == {80, 443}
    assert built.component_outputs("FargateService")["url"] == "https://api.elb.example"


def test_the_service_waits_for_what_its_tasks_need_and_for_no_more() -> None:
    found = service(BEHIND_BALANCER | {"permissions": RICHEST["FargateService"]["permissions"]})
    made = found.one("service:Service", "api")
    assert made.inputs["healthCheckGracePeriodSeconds"] == 60
    assert made.inputs["loadBalancers"] == [
        {
            "targetGroupArn": "arn:aws:lb:eu-west-1:123456789012:api",
            "containerName": "api",
            "containerPort": 8080,
        }
    ]
    assert made.depends_on == {
        "Stash api-image",
        "Listener api-http",
        "MetricAlarm api-errors",
        "RolePolicy api-execution",
        "RolePolicy api-task",
        "SecurityGroup api",
        "SecurityGroupEgressRule api-https",
        "SecurityGroupEgressRule api-lb-to-tasks",
        "SecurityGroupIngressRule api-from-lb",
        "TargetGroup api",
        "TaskDefinition api",
    }
    balancer = found.one("loadBalancer:LoadBalancer", "api")
    assert balancer.depends_on == {"SecurityGroup api-lb"}, (
        "image, load balancer and gateway do not wait for one another"
    )


def test_a_scaled_count_is_left_alone() -> None:
    assert service(TASK).one("service:Service", "api").ignore_changes == []
    kept = service(TASK | {"keep_scaled_count": True}).one("service:Service", "api")
    assert kept.ignore_changes == ["desiredCount"]
