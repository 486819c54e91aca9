"""Broken on purpose: each resource has the name of its broken rule. Services, their tasks and images."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws

REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
ANYBODY = json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "ecr:*"}]})
SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf"


def container(**definition: Any) -> str:
    """Container definitions of one container."""
    return json.dumps([{"name": "app", "image": f"{REGISTRY}/app:1", **definition}])


def task(rule: str, definition: dict[str, Any] | None = None, **more: Any) -> aws.ecs.TaskDefinition:
    """A task definition of one container."""
    arguments = {"family": rule, "container_definitions": container(**definition or {})} | more
    return aws.ecs.TaskDefinition(rule, **arguments)


def trusted_by(service: str) -> str:
    """The trust policy of a role."""
    return json.dumps(
        {"Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}]}
    )


def role(name: str, *actions: str, service: str = "ecs-tasks.amazonaws.com") -> aws.iam.Role:
    """A role with these actions on everything."""
    made = aws.iam.Role(name, assume_role_policy=trusted_by(service))
    if actions:
        allowed = {"Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}]}
        aws.iam.RolePolicy(name, role=made.name, policy=json.dumps(allowed))
    return made


# Services and clusters
for plain in ("ecs-service-circuit-breaker", "ecs-service-propagate-tags"):
    aws.ecs.Service(plain)
aws.ecs.Service("ecs-service-no-public-ip", network_configuration={"subnets": ["subnet-1"], "assign_public_ip": True})
aws.ecs.Service("ecs-service-platform-version", platform_version="1.3.0")
aws.ecs.Service("ecs-service-exec-disabled", enable_execute_command=True)
aws.ecs.Cluster("ecs-cluster-container-insights", settings=[{"name": "containerInsights", "value": "disabled"}])
for rule, logging in (("ecs-cluster-exec-logging", "NONE"), ("ecs-cluster-exec-encrypted", "OVERRIDE")):
    aws.ecs.Cluster(rule, configuration={"execute_command_configuration": {"logging": logging}})
aws.ecs.CapacityProvider(
    "ecs-capacity-provider-protection",
    auto_scaling_group_provider={"auto_scaling_group_arn": "arn:aws:autoscaling:eu-west-1:1:asg"},
)

# Task definitions
task("ecs-taskdef-no-privileged", {"privileged": True})
task("ecs-taskdef-readonly-root", {"readonlyRootFilesystem": False})
task("ecs-taskdef-non-root-user", {"user": "root"})
task("ecs-taskdef-logging")
task("ecs-taskdef-no-plaintext-secrets", {"environment": [{"name": "DB_PASSWORD", "value": "hunter2-canary"}]})
task("ecs-taskdef-log-mode", {"logConfiguration": {"logDriver": "awslogs", "options": {"mode": "blocking"}}})
task("ecs-taskdef-drop-capabilities", {"linuxParameters": {"capabilities": {"add": ["SYS_ADMIN"]}}})
task("ecs-taskdef-distinct-roles", task_role_arn="arn:aws:iam::1:role/a", execution_role_arn="arn:aws:iam::1:role/a")
task("ecs-taskdef-no-host-pid", pid_mode="host")
task("ecs-taskdef-no-host-network", network_mode="host")
task(
    "ecs-taskdef-efs-transit-encryption",
    volumes=[
        {"name": "data", "efs_volume_configuration": {"file_system_id": "fs-1", "transit_encryption": "DISABLED"}}
    ],
)
task("ecs-taskdef-awsvpc", requires_compatibilities=["FARGATE"], network_mode="bridge")
task("ecs-taskdef-fargate-size", requires_compatibilities=["FARGATE"], cpu="256", memory="4096")
task("ecs-taskdef-image-pinned")
task("ecs-taskdef-image-registry", {"image": "docker.io/library/nginx:1"})
task("ecs-taskdef-health-check")
task(
    "ecs-log-group-exists",
    {"logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/shop/of/nobody"}}},
)

# Images
aws.ecr.Repository("ecr-immutable-tags", image_tag_mutability="MUTABLE")
aws.ecr.Repository("ecr-scan-on-push", image_scanning_configuration={"scan_on_push": False})
aws.ecr.Repository("ecr-kms-encryption", encryption_configurations=[{"encryption_type": "AES256"}])
aws.ecr.Repository("ecr-cmk-encryption", encryption_configurations=[{"encryption_type": "KMS"}])
aws.ecr.RepositoryPolicy("ecr-policy-not-public", repository="app", policy=ANYBODY)
aws.ecr.Repository("ecr-no-force-delete", force_delete=True)
aws.ecr.Repository("ecr-lifecycle-policy")
# A repository that is there already, so that its URL is known in the first preview.
app = aws.ecr.Repository(
    "app", name="app", image_tag_mutability="MUTABLE", opts=pulumi.ResourceOptions(import_="app", retain_on_delete=True)
)
task("ecs-image-tag-mutable", container_definitions=app.repository_url.apply(lambda url: container(image=f"{url}:1.4")))

# What the roles of tasks may do
queue, topic = aws.sqs.Queue("orders"), aws.sns.Topic("orders")
task("ecs-task-role-least-privilege", task_role_arn=role("wide", "sqs:*").arn)
task("ecs-task-role-trust", task_role_arn=role("untrusted", service="ec2.amazonaws.com").arn)
for rule, variable, value in (
    ("ecs-worker-can-consume", "QUEUE_URL", queue.url),
    ("ecs-api-can-publish", "TOPIC_ARN", topic.arn),
):
    environment = pulumi.Output.json_dumps([{"name": "app", "environment": [{"name": variable, "value": value}]}])
    task(rule, container_definitions=environment, task_role_arn=role(f"{rule}-role").arn)
task(
    "ecs-execution-role-covers-secrets",
    {"secrets": [{"name": "DB", "valueFrom": SECRET}]},
    execution_role_arn=role("agent", "logs:PutLogEvents").arn,
)
locked = aws.secretsmanager.Secret("locked", kms_key_id="arn:aws:kms:eu-west-1:123456789012:key/1234abcd")
task(
    "ecs-execution-role-decrypts-secrets",
    container_definitions=pulumi.Output.json_dumps(
        [{"name": "app", "image": "app", "secrets": [{"name": "DB", "valueFrom": locked.arn}]}]
    ),
    execution_role_arn=role("reader", "secretsmanager:GetSecretValue").arn,
)
# A function that takes longer than a message stays hidden.
slow = aws.lambda_.Function("slow", role="arn:aws:iam::1:role/a", timeout=60)
hidden = aws.sqs.Queue("sqs-visibility-vs-consumer", visibility_timeout_seconds=60)
aws.lambda_.EventSourceMapping("slow", event_source_arn=hidden.arn, function_name=slow.arn)

# From load balancer to container
before, around = aws.ec2.SecurityGroup("before"), aws.ec2.SecurityGroup("around")
balancer = aws.lb.LoadBalancer("front", security_groups=[before.id])
targets = aws.lb.TargetGroup("tg-target-type-fargate", port=8080, protocol="HTTP")
forward: list[Any] = [{"type": "forward", "target_group_arn": targets.arn}]
aws.lb.Listener("front", load_balancer_arn=balancer.arn, port=443, default_actions=forward)
serving = task("serving", {"portMappings": [{"containerPort": 8080}]})
for rule, name in (("alb-target-sg-path", "app"), ("ecs-lb-container-port", "web"), ("ecs-service-min-tasks", "app")):
    aws.ecs.Service(
        rule,
        task_definition=serving.arn,
        desired_count=1,
        network_configuration={"subnets": ["subnet-1"], "security_groups": [around.id]},
        load_balancers=[{"target_group_arn": targets.arn, "container_name": name, "container_port": 8080}],
    )

# Subnets of services
vpc = aws.ec2.Vpc("main")
for kind in ("public", "isolated"):
    subnet = aws.ec2.Subnet(kind, vpc_id=vpc.id, availability_zone="eu-west-1a")
    table = aws.ec2.RouteTable(kind, vpc_id=vpc.id)
    aws.ec2.RouteTableAssociation(kind, subnet_id=subnet.id, route_table_id=table.id)
    if kind == "public":
        gateway = aws.ec2.InternetGateway("main", vpc_id=vpc.id)
        aws.ec2.Route("out", route_table_id=table.id, destination_cidr_block="0.0.0.0/0", gateway_id=gateway.id)
    names = (
        ["ecs-service-private-subnets"]
        if kind == "public"
        else ["vpc-endpoints-for-private-tasks", "ecs-service-multi-az"]
    )
    for rule in names:
        aws.ecs.Service(rule, network_configuration={"subnets": [subnet.id]})
