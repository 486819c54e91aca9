"""Forms of arguments: the last value that AWS takes and the first that it refuses, compared with botocore's models."""

import re
from typing import NamedTuple

import botocore.loaders
import pytest

from slipway import ArgumentError
from slipway.common import aws_arn, cidr_block
from slipway.common._forms import text_form
from slipway.common._ids import SECURITY_GROUP_ID, SUBNET_ID, VPC_ID, IdForm
from slipway.common._tags import LONGEST_KEY, LONGEST_VALUE, MOST_TAGS, check_tag_keys, check_tag_value

ARABIC_ONE = "\N{ARABIC-INDIC DIGIT ONE}"
HEXADECIMAL = "0123456789abcdef0"


class Row(NamedTuple):
    """An argument's name, values that are taken, and values that are refused."""

    argument: str
    taken: list[str]
    refused: list[str]


FORMS = [
    Row("vpc_id", ["vpc-0123456789abcdef0", "vpc-01234567"], ["", "subnet-01234567", " vpc-01234567", "vpc-1", "vpc-0123456G", "vpc-01234567\n"]),
    Row("private_subnet_ids", ["subnet-01234567"], ["vpc-01234567", f"subnet-0123456{ARABIC_ONE}"]),
    Row("bastion_security_group_id", ["sg-01234567"], ["default", "sg-0"]),
    Row("cluster_arn", ["arn:aws:ecs:eu-west-1:123456789012:cluster/main"], ["main", "arn:aws:ecs:eu-west-1:123456789012:service/a/b"]),
    Row("image", ["nginx", "r.example.com:5000/a/b:1@sha256:" + "a" * 64], ["", " ", "a b", "a" * 256]),
    Row("dead_letter_queue_url", ["https://sqs.eu-west-1.amazonaws.com/123456789012/a"], ["", "arn:aws:sqs:eu-west-1:123456789012:a"]),
    Row("hosted_zone_id", ["Z123", "/hostedzone/Z123"], ["", "example.com", "Z" * 33]),
    Row("alarm_names", ["api 5xx", "a" * 255], ["", "a" * 256, "a\nb"]),
    Row("resources", ["*", "arn:aws:s3:::bucket/*", "arn:aws:sns:eu-west-1:123456789012:a"], ["", "bucket", "arn:aws:s3"]),
    Row("vpc_cidr_block", ["10.0.0.0/16"], ["10.0.0.1/16", "10.0.0.0", "10.0.0.0/255.255.0.0", f"{ARABIC_ONE}0.0.0.0/16"]),
    Row("context", ["app", "a/b c"], ["", "\0", "a" * 256, "a/" * 2048]),
    Row("key_file", ["keys/a.pem"], ["", "a\nb"]),
    Row("environment", ["", "a\nb", "\u00e9"], ["\0", "\ud800"]),
    Row("command", ["", "a\nb"], ["\0", "\ud800"]),
    Row("key_name", ["door", "a b"], ["", " ", "a\nb", "a" * 2049]),
]  # fmt: skip


@pytest.mark.parametrize("row", FORMS, ids=lambda row: row.argument)
def test_an_argument_of_a_name_has_one_form_everywhere(row: Row) -> None:
    check = text_form(row.argument).check
    for value in row.taken:
        check("T", row.argument, value)
    for value in row.refused:
        with pytest.raises(ArgumentError, match=rf"^T: {row.argument} must "):
            check("T", row.argument, value)


def model(service: str, shape: str) -> dict[str, object]:
    """A shape of botocore's model of a service."""
    shapes: dict[str, dict[str, object]] = botocore.loaders.Loader().load_service_model(service, "service-2")["shapes"]
    return shapes[shape]


@pytest.mark.parametrize(
    ("form", "shape"), [(VPC_ID, "VpcId"), (SUBNET_ID, "SubnetId"), (SECURITY_GROUP_ID, "SecurityGroupId")]
)
def test_ids_have_the_form_of_aws_own_model(form: IdForm, shape: str) -> None:
    fsx = model("fsx", shape)  # the strictest of the models that spell these ids out
    shortest, longest = f"{form.prefix}-01234567", f"{form.prefix}-{HEXADECIMAL}"
    assert (len(shortest), len(longest)) == (fsx["min"], fsx["max"])
    for value in (shortest, longest):
        form.check("T", "id", value)
        assert re.fullmatch(str(fsx["pattern"]), value)


def test_tags_have_the_limits_of_aws_own_models() -> None:
    assert (model("ecs", "TagKey")["max"], model("iam", "tagKeyType")["max"]) == (LONGEST_KEY, LONGEST_KEY)
    assert (model("ecs", "TagValue")["max"], model("iam", "tagValueType")["max"]) == (LONGEST_VALUE, LONGEST_VALUE)
    assert model("ecs", "Tags")["max"] == MOST_TAGS
    for service, shape in (("ecs", "TagKey"), ("iam", "tagKeyType"), ("elbv2", "TagKey"), ("logs", "TagKey")):
        assert "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]" in str(model(service, shape)["pattern"])


class TagKeys(NamedTuple):
    """Keys of tags, and the sentence about them."""

    keys: list[str]
    says: str


KEY_RULE = "the keys of tags must be 1-128 letters, digits, spaces and _.:/=+-@, got"
WRONG_KEYS = [
    TagKeys(["aws:team"], "the keys of tags must not begin with aws:, which is AWS's own, got 'aws:team'; rename it"),
    TagKeys(["AWS:team"], "the keys of tags must not begin with aws:, which is AWS's own, got 'AWS:team'; rename it"),
    TagKeys([""], f"{KEY_RULE} ''"),
    TagKeys(["a" * 129], f"{KEY_RULE} '{'a' * 129}'"),
    TagKeys(["team;"], f"{KEY_RULE} 'team;'"),
    TagKeys(
        [f"k{number}" for number in range(50)],
        "tags must have at most 49 entries, got 50; AWS allows 50, and one is Name",
    ),
    TagKeys(
        ["Name", *(f"k{number}" for number in range(50))],
        "tags must have at most 50 entries, got 51; AWS allows 50, and one is Name",
    ),
    TagKeys(
        ["team", "Team"],
        "the keys of tags must differ by more than upper and lower case, got 'team' and 'Team'; IAM takes both for one "
        "tag; remove one",
    ),
]


@pytest.mark.parametrize("case", WRONG_KEYS, ids=lambda case: case.says[:40])
def test_keys_of_tags_that_aws_refuses_are_refused(case: TagKeys) -> None:
    with pytest.raises(ArgumentError) as caught:
        check_tag_keys("T", "tags", case.keys)
    assert str(caught.value) == f"T: {case.says}"


def test_tags_that_aws_takes_are_taken() -> None:
    check_tag_keys(
        "T", "tags", ["a" * 128, "équipe", "cost center", "a_.:/=+-@", *(f"k{number}" for number in range(45))]
    )
    check_tag_keys("T", "tags", ["Name", *(f"k{number}" for number in range(49))])
    for value in ("", "a" * 256, "a b", "ü", "a_.:/=+-@"):
        check_tag_value("T", "tags.team", value)


@pytest.mark.parametrize("value", ["a" * 257, "a;b", "a\nb", "<a>"])
def test_values_of_tags_that_aws_refuses_are_refused(value: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        check_tag_value("T", "tags.team", value)
    assert str(caught.value) == f"T: tags.team must be at most 256 letters, digits, spaces and _.:/=+-@, got {value!r}"


ARNS = {
    "a KMS key": ("kms", "arn:aws:kms:eu-west-1:123456789012:alias/a/b"),
    "a role": ("iam", "arn:aws-cn:iam::123456789012:role/path/name"),
    "a policy": ("iam", "arn:aws:iam::aws:policy/PowerUserAccess"),
    "a log group": ("logs", "arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/a:*"),
    "a certificate": ("(acm|iam)", "arn:aws:iam::123456789012:server-certificate/a"),
}


@pytest.mark.parametrize("noun", ARNS)
def test_an_arn_is_of_its_service_region_account_and_kind(noun: str) -> None:
    service, arn = ARNS[noun]
    assert aws_arn("T", "arn", arn, service, noun) == arn
    for wrong in (
        f" {arn}",
        f"{arn}\n",
        arn.replace(":123456789012", ":"),
        arn.replace(":", "/"),
        arn.replace("aws", "gcp"),
    ):
        if wrong != arn:
            with pytest.raises(ArgumentError, match=rf"^T: arn must be the ARN of {noun}, got "):
                aws_arn("T", "arn", wrong, service, noun)


@pytest.mark.parametrize("value", ["10.0.0.0", "10.0.0.0/255.0.0.0", "10.0.0.0/0.255.255.255"])
def test_a_network_without_a_prefix_length_is_refused_with_the_one_it_has(value: str) -> None:
    with pytest.raises(ArgumentError, match=r"; the network of that address is 10\.0\.0\.0/(8|32)$"):
        cidr_block("T", "block", value)
