"""Tools of every component: argument checks, tags, IAM documents, schedules, ECR hosts, security groups."""

from ._arguments import Arguments
from ._checks import ArgumentError, distinct, each, not_empty, one_of, shown, spelled
from ._context import Context, answered, provider_account_id
from ._forms import check_form
from ._iam import (
    Json,
    JsonObject,
    Statement,
    allow,
    allow_iam,
    deny_insecure_transport,
    document,
    trust,
    trust_within_account,
)
from ._ids import ALLOCATION_ID, account_id, aws_arn, key_arn, prefix_list_id
from ._images import IMAGE_EXAMPLES, PULL_ACTIONS, EcrHost, ecr_host, ecr_repository_arn, is_image_name
from ._networks import check_not_everyone, cidr_block
from ._numbers import whole_number
from ._schedules import check_cron_expression, check_schedule_expression, check_time_zone
from ._security_groups import (
    ADMIN_PORTS,
    ANYWHERE,
    ANYWHERE_IPV6,
    HTTPS,
    KEEPS_DESCRIPTION,
    Gate,
    block_name,
    closed_group,
)
from ._shapes import check_shape
from ._tags import Tags, named
from ._text import (
    CHILD_NAME,
    as_text,
    checked_output,
    child_keys,
    child_name,
    different_names,
    line,
    text_output,
    unicode_text,
)

__all__ = [
    "ADMIN_PORTS",
    "ALLOCATION_ID",
    "ANYWHERE",
    "ANYWHERE_IPV6",
    "CHILD_NAME",
    "HTTPS",
    "IMAGE_EXAMPLES",
    "KEEPS_DESCRIPTION",
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
    "allow_iam",
    "answered",
    "as_text",
    "aws_arn",
    "block_name",
    "check_cron_expression",
    "check_form",
    "check_not_everyone",
    "check_schedule_expression",
    "check_shape",
    "check_time_zone",
    "checked_output",
    "child_keys",
    "child_name",
    "cidr_block",
    "closed_group",
    "deny_insecure_transport",
    "different_names",
    "distinct",
    "document",
    "each",
    "ecr_host",
    "ecr_repository_arn",
    "is_image_name",
    "key_arn",
    "line",
    "named",
    "not_empty",
    "one_of",
    "prefix_list_id",
    "provider_account_id",
    "shown",
    "spelled",
    "text_output",
    "trust",
    "trust_within_account",
    "unicode_text",
    "whole_number",
]
