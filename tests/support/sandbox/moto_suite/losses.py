"""Tests of moto's that fail with the corrections, each with the reason. None of them was run on AWS by moto's authors."""

from itertools import chain

CLOUDWATCH = "tests/test_cloudwatch/test_cloudwatch.py::"
AUTO_SCALING = "tests/test_applicationautoscaling/test_applicationautoscaling.py::"
ECR = "tests/test_ecr/test_ecr.py::"
ECS = "tests/test_ecs/test_ecs.py::"
EKS = "tests/test_eks/test_eks.py::"
EVENTS = "tests/test_events/"
S3 = "tests/test_s3/"
STS = "tests/test_sts/test_sts.py::"

REASONS: dict[str, list[str]] = {
    "ACM issues a certificate when its validation records are there; the test makes none": [
        "tests/test_acm/test_acm.py::test_request_certificate_issued_status",
        "tests/test_acm/test_acm.py::test_request_certificate_issued_status_with_wait_in_envvar",
    ],
    "the test schedules an action of a target that nobody registered; Application Auto Scaling refuses it": [
        f"{AUTO_SCALING}test_delete_scheduled_action",
        f"{AUTO_SCALING}test_describe_scheduled_actions",
        f"{AUTO_SCALING}test_put_scheduled_action__use_update",
    ],
    "freezegun replaces datetime under cryptography, which fails with a TypeError; no answer of ACM's differs": [
        "tests/test_acm/test_acm.py::test_request_certificate_with_optional_arguments",
        "tests/test_acm/test_acm.py::test_request_exportable_certificate",
    ],
    "the test asks for the finding that moto makes up; the sandbox has no scanner": [
        f"{ECR}test_describe_image_scan_findings",
        "tests/test_ecr/test_ecr_scan_results.py::test_set_findings",
    ],
    "the test computes the digest that moto makes up; ECR's is the manifest's own": [
        f"{ECR}test_list_same_image_with_multiple_tags",
        f"{ECR}test_ecr_image_digest",
        f"{ECR}test_ecr_image_tag_mutability",
        f"{ECR}test_ecr_image_tag_mutability_with_exclusion_filters",
        f"{ECR}test_ecr_image_tag_immutability",
        f"{ECR}test_ecr_image_tag_immutability_with_exclusion_filters",
    ],
    "the test wants a token that expired in 2015; ECR's is good for twelve hours": [
        f"{ECR}test_get_authorization_token_assume_region",
        f"{ECR}test_get_authorization_token_explicit_regions",
    ],
    "the test wants tasks counted as a service asks for them; ECS counts tasks that are there": [
        f"{ECS}test_create_running_service",
        f"{ECS}test_create_service",
        f"{ECS}test_create_service_failed_tasks_env_var",
        f"{ECS}test_create_service_load_balancing",
        f"{ECS}test_create_service_scheduling_strategy",
        f"{ECS}test_delete_service",
        f"{ECS}test_describe_services",
        f"{ECS}test_describe_services_scheduling_strategy",
        f"{ECS}test_update_service",
    ],
    "the test wants a deployment complete at once; ECS completes it when its tasks run": [
        f"{ECS}test_create_service_rollout_state_completed",
    ],
    "the test wants a task that runs at once and has its interface; ECS provisions it first": [
        f"{ECS}test_run_task_awsvpc_network",
        f"{ECS}test_run_task_awsvpc_network__unknown_sec_group",
    ],
    "the test runs a task on Fargate without a network; ECS refuses it": [
        f"{ECS}test_run_task_default_cluster",
        f"{ECS}test_run_task_default_cluster_new_arn_format",
        f"{ECS}test_run_task_uses_cluster_default_capacity_provider_strategy",
        f"{ECS}test_run_task_with_capacity_provider_strategy_fargate",
        "tests/test_ecs/test_ecs_account_settings.py::test_run_task_default_cluster_new_arn_format",
    ],
    "the test wants deleted clusters, or what was in them, to be listed; ECS does not list them": [
        f"{ECS}test_delete_cluster",
        "tests/test_ecs/test_ecs_cloudformation.py::"
        "test_update_cluster_name_through_cloudformation_should_trigger_a_replacement",
        "tests/test_ecs/test_ecs_cloudformation.py::"
        "test_update_service_through_cloudformation_should_trigger_replacement",
    ],
    "the test makes a second listener on a port of a load balancer; ELB refuses it": [
        "tests/test_elbv2/test_elbv2_target_groups.py::test_describe_target_groups",
    ],
    "the test names a topic in the region $eu-central-1; CloudWatch takes those of the alarm's region": [
        f"{CLOUDWATCH}test_put_metric_alarm",
    ],
    "the test wants a new alarm to be OK; CloudWatch's has insufficient data": [
        f"{CLOUDWATCH}test_put_metric_alarm_with_anomaly_detection",
        f"{CLOUDWATCH}test_put_metric_alarm_with_percentile",
        "tests/test_cloudwatch/test_cloudwatch_alarms.py::test_alarm_state",
    ],
    "the test gives a metric two dimensions of one name; CloudWatch refuses it": [
        f"{CLOUDWATCH}test_duplicate_put_metric_data",
    ],
    "the test wants a metric listed once for each datum; CloudWatch lists it once": [
        f"{CLOUDWATCH}test_list_metrics",
        f"{CLOUDWATCH}test_list_metrics_paginated",
    ],
    "the test wants the sum of metrics with other dimensions; to CloudWatch each combination is a metric of its own": [
        f"{CLOUDWATCH}test_get_metric_data_for_dimensions",
        f"{CLOUDWATCH}test_get_metric_statistics_dimensions",
    ],
    "the test wants a path in a cluster's endpoint; EKS's has none": [
        f"{EKS}test_create_cluster_generates_valid_cluster_endpoint",
    ],
    "the test wants no more of a cluster's network than it asked for; EKS adds the VPC, a security group and the open networks": [
        f"{EKS}test_create_cluster_saves_provided_parameters",
        f"{EKS}test_delete_cluster_returns_deleted_cluster",
        f"{EKS}test_update_cluster_config",
    ],
    "the test wants one private namespace for each VPC; Cloud Map makes one of each name": [
        "tests/test_servicediscovery/test_servicediscovery_httpnamespaces.py::"
        "test_create_private_dns_namespace_with_duplicate_vpc",
    ],
    "the test notifies topics and queues that are not there; S3 refuses it": [
        f"{S3}test_s3.py::test_put_bucket_notification[cn-north-1-aws-cn]",
        f"{S3}test_s3.py::test_put_bucket_notification[us-west-2-aws]",
        f"{S3}test_s3_config.py::test_s3_notification_config_dict",
        f"{S3}test_s3_lambda_integration.py::test_put_bucket_notification_sns_error",
    ],
    "the test sends events to a log group without a policy for EventBridge; AWS delivers none": [
        f"{EVENTS}test_events.py::test_send_transformed_events_to_log_group",
        f"{EVENTS}test_events.py::test_start_replay_send_to_log_group",
        f"{EVENTS}test_events_integration.py::test_moto_matches_none_value_with_exists_filter",
        f"{EVENTS}test_events_integration.py::test_send_to_cw_log_group",
        f"{EVENTS}test_events_partners_integration.py::test_put_partner_events",
    ],
    "the test forwards events with a role that is not there": [
        f"{EVENTS}test_events_integration.py::test_put_events_event_bus_forwarding_rules",
    ],
    "the test is in China; policies are judged in the partition aws alone": [
        f"{S3}test_s3_lambda_integration.py::test_put_bucket_notification_sns_sqs[cn-north-1-aws-cn]",
    ],
    "the test signs in with a token that is none, of a provider that is not there; STS refuses it": [
        f"{STS}test_assume_role_with_web_identity[cn-north-1-aws-cn]",
        f"{STS}test_assume_role_with_web_identity[us-east-1-aws]",
    ],
    "the test wants a caller who is a user of STS; AWS's users are IAM's": [
        f"{STS}test_get_caller_identity_with_default_credentials[cn-north-1-aws-cn]",
        f"{STS}test_get_caller_identity_with_default_credentials[us-east-1-aws]",
        f"{STS}test_sts_regions[cn-northwest-1]",
        f"{STS}test_sts_regions[us-isob-east-1]",
        f"{STS}test_sts_regions[us-west-2]",
    ],
}

UNSTEADY = frozenset({f"{CLOUDWATCH}test_get_metric_data_partially_within_timeframe"})
"""Lost in the second half of a minute only: the test wants periods to begin where it does, and CloudWatch aligns them."""


def listed(paths: list[str]) -> frozenset[str]:
    """The listed tests in these files and folders, and of these names."""
    every = chain.from_iterable(REASONS.values())
    return frozenset(
        test for test in every for path in paths if test == path or test.startswith((f"{path}/", f"{path}::"))
    )
