"""One example of every resource type that the sandbox has; a type without one fails the suite.

`${name.property}` refers to an earlier example. `change` is what an update in place sets, `replace` what replaces.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
REFERENCE = re.compile(r"\$\{(\w+)\.(\w+)\}")


@dataclass(frozen=True)
class Example:
    """A resource with an in-place change and a replacing one."""

    type: str
    properties: Mapping[str, Any]
    change: Mapping[str, Any] = field(default_factory=dict)
    replace: Mapping[str, Any] = field(default_factory=dict)
    import_id: str = ""
    """Default: the resource's own id."""
    import_lacks: str = ""
    """Properties that the sandbox's AWS does not answer, so that an import cannot know them."""


def policy(service: str, action: str = "sts:AssumeRole") -> str:
    """A trust policy."""
    principal = {"Service": f"{service}.amazonaws.com"}
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": principal, "Action": action}]}
    )


def allow(action: str, resource: str = "*", **more: Any) -> str:
    """A policy with one statement."""
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def containers(image: str) -> str:
    """A task's containers."""
    return json.dumps([{"name": "app", "image": image, "essential": True, "portMappings": [{"containerPort": 8080}]}])


RULE = {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["10.0.0.0/8"], "description": "TLS"}
SCALING = {
    "serviceNamespace": "ecs",
    "resourceId": "service/${cluster.name}/${service.name}",
    "scalableDimension": "ecs:service:DesiredCount",
}

EXAMPLES: dict[str, Example] = {
    "vpc": Example(
        "aws:ec2/vpc:Vpc",
        {"cidrBlock": "10.20.0.0/16", "tags": {"Name": "net"}},
        {"enableDnsHostnames": True},
        {"cidrBlock": "10.21.0.0/16"},
    ),
    "subnet": Example(
        "aws:ec2/subnet:Subnet",
        {"vpcId": "${vpc.id}", "cidrBlock": "10.20.1.0/24", "availabilityZone": "eu-west-1a"},
        {"mapPublicIpOnLaunch": True},
        {"cidrBlock": "10.20.3.0/24"},
    ),
    "subnet2": Example(
        "aws:ec2/subnet:Subnet",
        {"vpcId": "${vpc.id}", "cidrBlock": "10.20.2.0/24", "availabilityZone": "eu-west-1b"},
        {"tags": {"tier": "public"}},
        {"availabilityZone": "eu-west-1c"},
    ),
    "gateway": Example("aws:ec2/internetGateway:InternetGateway", {"vpcId": "${vpc.id}"}, {"tags": {"Name": "out"}}),
    "address": Example("aws:ec2/eip:Eip", {"domain": "vpc"}, {"tags": {"Name": "nat"}}),
    "nat": Example(
        "aws:ec2/natGateway:NatGateway",
        {"allocationId": "${address.id}", "subnetId": "${subnet.id}"},
        {"tags": {"Name": "nat"}},
        {"subnetId": "${subnet2.id}"},
    ),
    "table": Example(
        "aws:ec2/routeTable:RouteTable",
        {"vpcId": "${vpc.id}", "tags": {"Name": "private"}},
        {"tags": {"Name": "public"}},
    ),
    "inline_table": Example(
        "aws:ec2/routeTable:RouteTable",
        {"vpcId": "${vpc.id}", "routes": [{"cidrBlock": "0.0.0.0/0", "gatewayId": "${gateway.id}"}]},
        {
            "routes": [
                {"cidrBlock": "0.0.0.0/0", "natGatewayId": "${nat.id}"},
                {"cidrBlock": "192.168.0.0/16", "gatewayId": "${gateway.id}"},
            ]
        },
    ),
    "route": Example(
        "aws:ec2/route:Route",
        {"routeTableId": "${table.id}", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "${gateway.id}"},
        {"gatewayId": None, "natGatewayId": "${nat.id}"},
        {"destinationCidrBlock": "10.99.0.0/16"},
    ),
    "association": Example(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        {"routeTableId": "${table.id}", "subnetId": "${subnet.id}"},
        replace={"subnetId": "${subnet2.id}"},
        import_id="${subnet.id}/${table.id}",
    ),
    "group": Example(
        "aws:ec2/securityGroup:SecurityGroup",
        {
            "vpcId": "${vpc.id}",
            "description": "the app",
            "ingress": [RULE],
            "egress": [{**RULE, "protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}],
        },
        {"ingress": [RULE, {"protocol": "tcp", "fromPort": 80, "toPort": 81, "self": True}]},
        {"description": "another"},
    ),
    "bare_group": Example(
        "aws:ec2/securityGroup:SecurityGroup", {"vpcId": "${vpc.id}", "name": "bare"}, {"tags": {"a": "b"}}
    ),
    "ingress": Example(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        {
            "securityGroupId": "${bare_group.id}",
            "ipProtocol": "tcp",
            "fromPort": 8080,
            "toPort": 8080,
            "referencedSecurityGroupId": "${group.id}",
            "description": "from the app",
        },
        {"toPort": 8090},
        {"securityGroupId": "${group.id}"},
    ),
    "egress": Example(
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        {"securityGroupId": "${bare_group.id}", "ipProtocol": "-1", "cidrIpv4": "0.0.0.0/0"},
        {"description": "anywhere"},
    ),
    "default_group": Example(
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", {"vpcId": "${vpc.id}"}, {"ingress": [RULE]}
    ),
    "endpoint": Example(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        {"vpcId": "${vpc.id}", "serviceName": "com.amazonaws.eu-west-1.s3", "routeTableIds": ["${table.id}"]},
        {"routeTableIds": ["${table.id}", "${inline_table.id}"]},
        {"serviceName": "com.amazonaws.eu-west-1.dynamodb"},
    ),
    "interface_endpoint": Example(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        {
            "vpcId": "${vpc.id}",
            "serviceName": "com.amazonaws.eu-west-1.sqs",
            "vpcEndpointType": "Interface",
            "subnetIds": ["${subnet.id}"],
            "securityGroupIds": ["${group.id}"],
            "privateDnsEnabled": True,
        },
        {"tags": {"a": "b"}},
    ),
    "log_group": Example(
        "aws:cloudwatch/logGroup:LogGroup",
        {"retentionInDays": 30, "tags": {"a": "b"}},
        {"retentionInDays": 7},
        {"name": "other"},
    ),
    "role": Example(
        "aws:iam/role:Role",
        {
            "assumeRolePolicy": policy("ecs-tasks"),
            "description": "tasks",
            "inlinePolicies": [{"name": "in", "policy": allow("s3:GetObject")}],
        },
        {
            "description": "all tasks",
            "maxSessionDuration": 7200,
            "managedPolicyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
        },
        {"path": "/app/"},
    ),
    "flow_log": Example(
        "aws:ec2/flowLog:FlowLog",
        {
            "vpcId": "${vpc.id}",
            "trafficType": "ALL",
            "iamRoleArn": "${role.arn}",
            "logDestination": "${log_group.arn}",
            "maxAggregationInterval": 60,
        },
        {"tags": {"a": "b"}},
        {"trafficType": "REJECT"},
    ),
    "key_pair": Example(
        "aws:ec2/keyPair:KeyPair",
        {"publicKey": PUBLIC_KEY, "tags": {"a": "b"}},
        {"tags": {"a": "c"}},
        {"keyName": "other"},
    ),
    "policy": Example(
        "aws:iam/policy:Policy",
        {"policy": allow("s3:GetObject"), "description": "read"},
        {"policy": allow("s3:*")},
        {"description": "write"},
    ),
    "role_policy": Example(
        "aws:iam/rolePolicy:RolePolicy",
        {"role": "${instance_role.name}", "policy": allow("sqs:*")},
        {"policy": allow("sns:*")},
        {"name": "other"},
    ),
    "attachment": Example(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        {"role": "${instance_role.name}", "policyArn": "${policy.arn}"},
        replace={"policyArn": "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"},
    ),
    "instance_role": Example("aws:iam/role:Role", {"assumeRolePolicy": policy("ec2")}, {"tags": {"a": "b"}}),
    "profile": Example(
        "aws:iam/instanceProfile:InstanceProfile",
        {"role": "${instance_role.name}"},
        {"role": "${role.name}"},
        {"path": "/app/"},
    ),
    "instance": Example(
        "aws:ec2/instance:Instance",
        {
            "ami": "${ami.id}",
            "instanceType": "t3.micro",
            "subnetId": "${subnet.id}",
            "vpcSecurityGroupIds": ["${group.id}"],
            "keyName": "${key_pair.keyName}",
            "iamInstanceProfile": "${profile.name}",
            "associatePublicIpAddress": True,
            "userData": "#!/bin/sh\ntrue\n",
            "metadataOptions": {"httpTokens": "required", "httpEndpoint": "enabled"},
            "rootBlockDevice": {"encrypted": True, "volumeType": "gp3", "volumeSize": 20},
            "tags": {"Name": "bastion"},
        },
        {"instanceType": "t3.small", "tags": {"Name": "jump"}},
        {"subnetId": "${subnet2.id}"},
    ),
    "repository": Example(
        "aws:ecr/repository:Repository",
        {
            "name": "shop/api",
            "forceDelete": True,
            "imageScanningConfiguration": {"scanOnPush": True},
            "imageTagMutability": "IMMUTABLE",
            "encryptionConfigurations": [{"encryptionType": "AES256"}],
            "tags": {"a": "b"},
        },
        {"imageTagMutability": "MUTABLE"},
        {"name": "shop/web"},
    ),
    "lifecycle_policy": Example(
        "aws:ecr/lifecyclePolicy:LifecyclePolicy",
        {
            "repository": "${repository.name}",
            "policy": json.dumps(
                {
                    "rules": [
                        {
                            "rulePriority": 1,
                            "selection": {
                                "tagStatus": "untagged",
                                "countType": "sinceImagePushed",
                                "countUnit": "days",
                                "countNumber": 14,
                            },
                            "action": {"type": "expire"},
                        }
                    ]
                }
            ),
        },
        {
            "policy": json.dumps(
                {
                    "rules": [
                        {
                            "rulePriority": 1,
                            "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 9},
                            "action": {"type": "expire"},
                        }
                    ]
                }
            )
        },
    ),
    "cluster": Example(
        "aws:ecs/cluster:Cluster",
        {"settings": [{"name": "containerInsights", "value": "enabled"}], "tags": {"a": "b"}},
        {"settings": [{"name": "containerInsights", "value": "disabled"}]},
        {"name": "other"},
    ),
    "capacity": Example(
        "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
        {
            "clusterName": "${cluster.name}",
            "capacityProviders": ["FARGATE", "FARGATE_SPOT"],
            "defaultCapacityProviderStrategies": [{"capacityProvider": "FARGATE", "base": 1, "weight": 1}],
        },
        {"capacityProviders": ["FARGATE"]},
    ),
    "task": Example(
        "aws:ecs/taskDefinition:TaskDefinition",
        {
            "family": "app",
            "cpu": "256",
            "memory": "512",
            "networkMode": "awsvpc",
            "requiresCompatibilities": ["FARGATE"],
            "executionRoleArn": "${role.arn}",
            "runtimePlatform": {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"},
            "containerDefinitions": containers("app:1"),
        },
        {"tags": {"a": "b"}},
        {"containerDefinitions": containers("app:2")},
        import_id="${task.arn}",
    ),
    "balancer": Example(
        "aws:lb/loadBalancer:LoadBalancer",
        {
            "internal": False,
            "subnets": ["${subnet.id}", "${subnet2.id}"],
            "securityGroups": ["${group.id}"],
            "idleTimeout": 30,
            "dropInvalidHeaderFields": True,
        },
        {"idleTimeout": 90, "securityGroups": ["${group.id}", "${bare_group.id}"]},
        {"internal": True},
    ),
    "targets": Example(
        "aws:lb/targetGroup:TargetGroup",
        {
            "port": 8080,
            "protocol": "HTTP",
            "targetType": "ip",
            "vpcId": "${vpc.id}",
            "deregistrationDelay": 5,
            "healthCheck": {"path": "/health", "matcher": "200", "interval": 5, "timeout": 2},
        },
        {
            "healthCheck": {"path": "/ready", "matcher": "200-299", "interval": 10, "timeout": 2},
            "stickiness": {"type": "lb_cookie", "enabled": True, "cookieDuration": 60},
        },
        {"port": 9090},
    ),
    "listener": Example(
        "aws:lb/listener:Listener",
        {
            "loadBalancerArn": "${balancer.arn}",
            "port": 80,
            "protocol": "HTTP",
            "defaultActions": [{"type": "forward", "targetGroupArn": "${targets.arn}"}],
        },
        {
            "defaultActions": [
                {"type": "redirect", "redirect": {"port": "443", "protocol": "HTTPS", "statusCode": "HTTP_301"}}
            ]
        },
    ),
    "rule": Example(
        "aws:lb/listenerRule:ListenerRule",
        {
            "listenerArn": "${listener.arn}",
            "priority": 10,
            "conditions": [{"pathPattern": {"values": ["/api/*"]}}, {"hostHeader": {"values": ["example.com"]}}],
            "actions": [
                {
                    "type": "fixed-response",
                    "fixedResponse": {"contentType": "text/plain", "messageBody": "no", "statusCode": "404"},
                }
            ],
        },
        {"priority": 20, "conditions": [{"pathPattern": {"values": ["/v2/*"]}}]},
    ),
    "service": Example(
        "aws:ecs/service:Service",
        {
            "cluster": "${cluster.arn}",
            "taskDefinition": "${task.arn}",
            "desiredCount": 0,
            "launchType": "FARGATE",
            "enableExecuteCommand": True,
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
            "networkConfiguration": {
                "subnets": ["${subnet.id}"],
                "securityGroups": ["${group.id}"],
                "assignPublicIp": True,
            },
            "loadBalancers": [{"targetGroupArn": "${targets.arn}", "containerName": "app", "containerPort": 8080}],
            "healthCheckGracePeriodSeconds": 10,
            "propagateTags": "SERVICE",
            "tags": {"a": "b"},
        },
        {"deploymentMinimumHealthyPercent": 50, "deploymentMaximumPercent": 150, "enableExecuteCommand": False},
        {"name": "other"},
        import_id="${cluster.name}/${service.name}",
    ),
    "scaling_target": Example(
        "aws:appautoscaling/target:Target",
        {**SCALING, "minCapacity": 1, "maxCapacity": 4},
        {"maxCapacity": 6},
        import_id="ecs/service/${cluster.name}/${service.name}/ecs:service:DesiredCount",
    ),
    "scaling_policy": Example(
        "aws:appautoscaling/policy:Policy",
        {
            **SCALING,
            "resourceId": "${scaling_target.resourceId}",
            "policyType": "TargetTrackingScaling",
            "targetTrackingScalingPolicyConfiguration": {
                "targetValue": 60,
                "scaleInCooldown": 60,
                "predefinedMetricSpecification": {"predefinedMetricType": "ECSServiceAverageCPUUtilization"},
            },
        },
        {
            "targetTrackingScalingPolicyConfiguration": {
                "targetValue": 10.5,
                "customizedMetricSpecification": {
                    "metrics": [
                        {
                            "id": "m1",
                            "metricStat": {
                                "metric": {
                                    "metricName": "Visible",
                                    "namespace": "AWS/SQS",
                                    "dimensions": [{"name": "QueueName", "value": "q"}],
                                },
                                "stat": "Sum",
                            },
                            "returnData": False,
                        },
                        {"id": "e1", "expression": "m1 / 2", "label": "half", "returnData": True},
                    ]
                },
            }
        },
        import_id="ecs/service/${cluster.name}/${service.name}/ecs:service:DesiredCount/${scaling_policy.name}",
    ),
    "alarm": Example(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        {
            "comparisonOperator": "GreaterThanThreshold",
            "evaluationPeriods": 2,
            "metricName": "CPUUtilization",
            "namespace": "AWS/ECS",
            "period": 60,
            "statistic": "Average",
            "threshold": 80,
            "dimensions": {"ClusterName": "c"},
            "alarmDescription": "busy",
            "alarmActions": ["${topic.arn}"],
            "tags": {"a": "b"},
        },
        {"threshold": 90.5},
        {"name": "other"},
    ),
    "math_alarm": Example(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        {
            "comparisonOperator": "GreaterThanThreshold",
            "evaluationPeriods": 1,
            "threshold": 1,
            "metricQueries": [
                {"id": "e1", "expression": "m1 * 2", "returnData": True},
                {
                    "id": "m1",
                    "metric": {
                        "metricName": "Errors",
                        "namespace": "App",
                        "period": 60,
                        "stat": "Sum",
                        "dimensions": {"Service": "api"},
                    },
                },
            ],
        },
        {"treatMissingData": "notBreaching"},
    ),
    "topic": Example(
        "aws:sns/topic:Topic",
        {"displayName": "orders", "tags": {"a": "b"}},
        {"displayName": "all orders"},
        {"fifoTopic": True},
    ),
    "topic_policy": Example(
        "aws:sns/topicPolicy:TopicPolicy",
        {
            "arn": "${topic.arn}",
            "policy": allow("sns:Publish", "${topic.arn}", Principal={"Service": "events.amazonaws.com"}),
        },
        {"policy": allow("sns:Subscribe", "${topic.arn}", Principal="*")},
    ),
    "queue": Example(
        "aws:sqs/queue:Queue",
        {
            "visibilityTimeoutSeconds": 60,
            "redrivePolicy": '{"deadLetterTargetArn": "${dead.arn}", "maxReceiveCount": 5}',
            "tags": {"a": "b"},
        },
        {"visibilityTimeoutSeconds": 90, "delaySeconds": 3},
        {"name": "other"},
    ),
    "dead": Example(
        "aws:sqs/queue:Queue",
        {"messageRetentionSeconds": 1209600, "sqsManagedSseEnabled": True},
        {"messageRetentionSeconds": 600},
        {"fifoQueue": True},
    ),
    "queue_policy": Example(
        "aws:sqs/queuePolicy:QueuePolicy",
        {
            "queueUrl": "${queue.url}",
            "policy": allow(
                "sqs:SendMessage",
                "${queue.arn}",
                Principal={"Service": "sns.amazonaws.com"},
                Condition={"ArnEquals": {"aws:SourceArn": "${topic.arn}"}},
            ),
        },
        {"policy": allow("sqs:SendMessage", "${queue.arn}", Principal="*")},
    ),
    "redrive": Example(
        "aws:sqs/redrivePolicy:RedrivePolicy",
        {"queueUrl": "${dead.url}", "redrivePolicy": '{"deadLetterTargetArn": "${queue.arn}", "maxReceiveCount": 4}'},
        {"redrivePolicy": '{"deadLetterTargetArn": "${queue.arn}", "maxReceiveCount": 3}'},
    ),
    "redrive_allow": Example(
        "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
        {
            "queueUrl": "${dead.url}",
            "redriveAllowPolicy": '{"redrivePermission": "byQueue", "sourceQueueArns": ["${queue.arn}"]}',
        },
        {"redriveAllowPolicy": '{"redrivePermission": "denyAll"}'},
    ),
    "subscription": Example(
        "aws:sns/topicSubscription:TopicSubscription",
        {
            "topic": "${topic.arn}",
            "protocol": "sqs",
            "endpoint": "${queue.arn}",
            "rawMessageDelivery": True,
            "filterPolicy": '{"kind": ["physical"]}',
        },
        {"filterPolicy": '{"kind": ["digital"]}'},
        {"endpoint": "${dead.arn}"},
    ),
    "key": Example(
        "aws:kms/key:Key",
        {"description": "app", "deletionWindowInDays": 7, "enableKeyRotation": True, "tags": {"a": "b"}},
        {"description": "the app", "enableKeyRotation": False},
        {"keyUsage": "SIGN_VERIFY", "customerMasterKeySpec": "RSA_2048", "enableKeyRotation": False},
    ),
    "alias": Example("aws:kms/alias:Alias", {"targetKeyId": "${key.keyId}"}, replace={"name": "alias/other"}),
}


def references(value: Any) -> list[str]:
    """Names of the examples that a value refers to."""
    return sorted({name for name, _ in REFERENCE.findall(json.dumps(value))})


def resolve(value: Any, look_up: Callable[[str, str], Any]) -> Any:
    """The value with its references replaced; None values left out."""
    if isinstance(value, Mapping):
        return {key: resolve(item, look_up) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [resolve(item, look_up) for item in value]
    if isinstance(value, str):
        return REFERENCE.sub(lambda found: str(look_up(found[1], found[2])), value)
    return value
