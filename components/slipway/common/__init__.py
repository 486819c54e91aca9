"""Tools of every component: argument checks, tags, IAM documents, schedules, ECR hosts, security groups."""

from ._arguments import Arguments
from ._checks import (
    CHILD_NAME,
    ArgumentError,
    account_id,
    aws_arn,
    child_name,
    cidr_block,
    distinct,
    each,
    key_arn,
    not_empty,
    one_of,
    prefix_list_id,
    spelled,
    whole_number,
)
from ._context import Context
from ._ecr import PULL_ACTIONS, EcrHost, ecr_host, ecr_repository_arn
from ._iam import Statement, allow, deny_insecure_transport, document, trust, trust_within_account
from ._image_names import IMAGE_EXAMPLES, is_image_name
from ._json import Json, JsonObject
from ._schedules import check_cron_expression, check_schedule_expression, check_time_zone
from ._security_groups import (
    ADMIN_PORTS,
    ANYWHERE,
    ANYWHERE_IPV6,
    HTTPS,
    Gate,
    block_name,
    check_not_everyone,
    closed_group,
)
from ._tags import Tags, named

__all__ = [
    "ADMIN_PORTS",
    "ANYWHERE",
    "ANYWHERE_IPV6",
    "CHILD_NAME",
    "HTTPS",
    "IMAGE_EXAMPLES",
    "PULL_ACTIONS",
    "ArgumentError",
    "Arguments",
    "Context",
    "EcrHost",
    "Gate",
    "Json",
    "JsonObject",
    "Statement",
    "Tags",
    "account_id",
    "allow",
    "aws_arn",
    "block_name",
    "check_cron_expression",
    "check_not_everyone",
    "check_schedule_expression",
    "check_time_zone",
    "child_name",
    "cidr_block",
    "closed_group",
    "deny_insecure_transport",
    "distinct",
    "document",
    "each",
    "ecr_host",
    "ecr_repository_arn",
    "is_image_name",
    "key_arn",
    "named",
    "not_empty",
    "one_of",
    "prefix_list_id",
    "spelled",
    "trust",
    "trust_within_account",
    "whole_number",
]
