"""Which members of a call name a resource, where they are not named after the placeholder of its ARN."""

from collections.abc import Mapping

Members = Mapping[str, tuple[str, ...]]
"""Placeholder of an ARN, alone or after its resource type, to the members of calls that hold it.
None of them: a member of the placeholder's name means something else."""

NAMES: Mapping[str, Members] = {
    "application-autoscaling": {"ResourceId": ()},
    "autoscaling": {"GroupFriendlyName": ("AutoScalingGroupName",)},
    "cloudwatch": {
        "AlarmName": ("AlarmName", "AlarmNames"),
        "DashboardName": ("DashboardName", "DashboardNames"),
        "InsightRuleName": ("RuleName", "RuleNames"),
        "MetricStreamName": ("Name", "Names"),
    },
    "dynamodb": {"TableName": ("TableName", "ResourceArn", "SourceTableName", "TargetTableName")},
    "ec2": {
        "InstanceId": ("InstanceId", "InstanceIds"),
        "SecurityGroupId": ("GroupId", "SecurityGroupIds"),
        "VpcEndpointId": ("VpcEndpointId", "VpcEndpointIds"),
        "KeyPairName": ("KeyName",),
        "ImageId": ("ImageId",),
        "VolumeId": ("VolumeId",),
        "SnapshotId": ("SnapshotId",),
        "AllocationId": ("AllocationId",),
        "NaclId": ("NetworkAclId",),
        "NetworkInterfaceId": ("NetworkInterfaceId",),
        "LaunchTemplateId": ("LaunchTemplateId",),
        "PrefixListId": ("PrefixListId",),
        "NatGatewayId": ("NatGatewayId",),
    },
    "ecr": {"RepositoryName": ("repositoryName", "repositoryNames")},
    "ecs": {
        "ClusterName": ("cluster", "clusterName", "clusters"),
        "ServiceName": ("service", "serviceName", "services"),
        "TaskId": ("task", "tasks"),
        "TaskDefinitionFamilyName": ("taskDefinition", "taskDefinitions", "family"),
        "ContainerInstanceId": ("containerInstance", "containerInstances"),
        "CapacityProviderName": ("capacityProvider", "name", "capacityProviders"),
    },
    "eks": {
        "cluster.ClusterName": ("name", "clusterName"),
        "ClusterName": ("clusterName",),
        "NodegroupName": ("nodegroupName",),
        "AddonName": ("addonName",),
    },
    "events": {
        "EventBusName": ("EventBusName", "Name"),
        "RuleName": ("Rule", "Name"),
        "ConnectionName": ("Name",),
        "ApiDestinationName": ("Name",),
        "ArchiveName": ("ArchiveName",),
        "ReplayName": ("ReplayName",),
    },
    "iam": {
        "RoleNameWithPath": ("RoleName",),
        "UserNameWithPath": ("UserName",),
        "GroupNameWithPath": ("GroupName",),
        "PolicyNameWithPath": ("PolicyName",),
        "InstanceProfileNameWithPath": ("InstanceProfileName",),
    },
    "kms": {"KeyId": ("KeyId", "TargetKeyId"), "Alias": ("AliasName",)},
    "lambda": {"FunctionName": ("FunctionName",)},
    "logs": {
        "LogGroupName": ("logGroupName", "logGroupIdentifier", "logGroupNames", "logGroupIdentifiers"),
        "LogStreamName": ("logStreamName",),
        "DestinationName": ("destinationName",),
    },
    "route53": {"Id": ("HostedZoneId", "Id", "HealthCheckId", "DelegationSetId")},
    "scheduler": {"schedule-group.GroupName": ("Name",), "GroupName": ("GroupName",), "ScheduleName": ("Name",)},
    "secretsmanager": {"SecretId": ("SecretId", "Name")},
    "servicediscovery": {"NamespaceId": ("NamespaceId", "Id"), "ServiceId": ("ServiceId", "Id")},
    "sns": {"TopicName": ("Name",)},
    "sqs": {"QueueName": ("QueueUrl", "QueueName")},
    "sts": {"FederatedUserName": ("Name",)},
    "ssm": {
        "ResourceId": (),
        "ParameterNameWithoutLeadingSlash": ("Name", "Names", "Path"),
        "DocumentName": ("DocumentName", "Name"),
        "InstanceId": ("InstanceId", "Target"),
    },
    "states": {"StateMachineName": ("name",)},
    "wafv2": {"Scope": ()},
}

DEFAULTS: Mapping[str, Mapping[str, str]] = {
    "ecs": {"ClusterName": "default"},
    "events": {"EventBusName": "default"},
    "scheduler": {"GroupName": "default"},
}
"""Names that a call may leave out."""
