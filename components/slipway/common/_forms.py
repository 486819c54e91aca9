"""Forms of text arguments, by name: an argument of the same name has the same form in every component.

Arguments that only one component has, such as ARNs of topics, have further checks there.
Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from ._checks import ArgumentError, shown
from ._ids import SECURITY_GROUP_ID, SUBNET_ID, VPC_ID, IdForm, aws_arn
from ._images import IMAGE_EXAMPLES, is_image_name
from ._networks import cidr_block
from ._tags import check_tag_value
from ._text import line, path, unicode_text

Check = Callable[[str, str, str], object]
"""Takes who, argument and value; raises ArgumentError."""


@dataclass(frozen=True)
class TextForm:
    """The form of a text argument, or of each entry of a list or mapping of texts."""

    check: Check
    is_distinct: bool = False
    """No entry of a list may repeat."""
    is_private: bool = False
    """Sentences leave the value out."""
    takes_numbers: bool = False
    """Numbers, true and false are taken too, and written as text."""


def pattern(expression: str, rule: str, example: str) -> Check:
    """A check by a regular expression; `rule` follows "must be"."""
    compiled = re.compile(expression)

    def check(who: str, argument: str, value: str) -> None:
        if not compiled.fullmatch(value):
            raise ArgumentError(f"{who}: {argument} must be {rule}, got {shown(value)}; write it like {example}")

    return check


def of_id(form: IdForm, *, is_distinct: bool = False) -> TextForm:
    """Ids of one kind."""
    return TextForm(form.check, is_distinct)


def image(who: str, argument: str, value: str) -> None:
    """Refuse a text that names no image. Raises ArgumentError."""
    if not is_image_name(value):
        raise ArgumentError(f"{who}: {argument} must be an image such as {IMAGE_EXAMPLES}, got {shown(value)}")


URL = pattern(r"https?://[!-~]+", "the URL of a queue", "https://sqs.eu-west-1.amazonaws.com/123456789012/work")
ZONE_ID = pattern("(/hostedzone/)?[A-Z0-9]{1,32}", "the id of a Route 53 zone", "Z0123456789ABCDEFGHIJ")
RESOURCE = pattern(r"\*|arn:[^\s:]+(:[^\s:]*){3}:[!-~]+", "the ARN of a resource, or *", "arn:aws:s3:::example/*")
ALARM_NAME = pattern(r"(?!.*[\x00-\x1f\x7f]).{1,255}", "the name of an alarm, at most 255 characters", "api-5xx")

LINE = TextForm(line)
FREE = TextForm(unicode_text)
PATH = TextForm(path)
# Ending of an argument's name to its form; the first that fits counts.
BY_ENDING = {
    "vpc_id": of_id(VPC_ID),
    "subnet_id": of_id(SUBNET_ID),
    "subnet_ids": of_id(SUBNET_ID, is_distinct=True),
    "security_group_id": of_id(SECURITY_GROUP_ID),
    "additional_security_group_ids": of_id(SECURITY_GROUP_ID, is_distinct=True),
    "security_group_ids": of_id(SECURITY_GROUP_ID),
    "allow_from": of_id(SECURITY_GROUP_ID),
    "cluster_arn": TextForm(lambda who, argument, value: aws_arn(who, argument, value, "ecs", "a cluster")),
    "vpc_cidr_block": TextForm(cidr_block),
    "hosted_zone_id": TextForm(ZONE_ID),
    "queue_url": TextForm(URL),
    "alarm_names": TextForm(ALARM_NAME, is_distinct=True),
    "image": TextForm(image),
    "resources": TextForm(RESOURCE),
    "tags": TextForm(check_tag_value),
    "context": PATH,
    "file": PATH,
    "environment": TextForm(unicode_text, is_private=True, takes_numbers=True),
    "secrets": TextForm(unicode_text, is_private=True),
    "build_args": FREE,
    "command": FREE,
    "public_key": FREE,
    "user_data": TextForm(unicode_text, is_private=True),
}


def text_form(argument: str) -> TextForm:
    """The form of an argument by its own name, without its path; one line of text for all others.

    >>> text_form("private_subnet_ids").is_distinct
    True
    """
    return next((form for ending, form in BY_ENDING.items() if argument.endswith(ending)), LINE)


def check_form(who: str, label: str, argument: str, value: str) -> None:
    """Refuse a text that has not the form of this argument; `label` names it in the sentence. Raises ArgumentError."""
    text_form(argument).check(who, label, value)
