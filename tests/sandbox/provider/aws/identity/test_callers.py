"""An instance is who its arguments say: keys, a role, a role of another account; and AWS judges its calls as that one."""

import json
import os
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from slipway_sandbox.identities.denials import Denials
from slipway_sandbox.identities.guard import Guard
from slipway_sandbox.identities.sessions import Sessions
from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT
from slipway_sandbox.provider.aws.client import AwsClient
from slipway_sandbox.provider.protocol.wire import Properties
from tests.support.sandbox.authorization.web_tokens import GITHUB, token
from tests.support.sandbox.provider_driver import Driver, ProviderCallError
from tests.support.sandbox.provider_world import provider

os.environ.update(MOTO_ENVIRONMENT)

ACCOUNT, OTHER = "123456789012", "222222222222"
QUEUE, TOPIC = "aws:sqs/queue:Queue", "aws:sns/topic:Topic"
IDENTITY = "aws:index/getCallerIdentity:getCallerIdentity"
DEPLOY = f"arn:aws:iam::{ACCOUNT}:role/deploy"
WORKFLOWS = f"arn:aws:iam::{ACCOUNT}:role/workflows"
MEMBER = f"arn:aws:iam::{OTHER}:role/OrganizationAccountAccessRole"
QUEUES = {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}
CAUSES = """There are a number of possible causes of this - the most common are:
  * The credentials used in order to assume the role are invalid
  * The credentials do not have appropriate permission to assume the role
  * The role ARN is not valid"""
CLIENT = AwsClient()
DENIALS = Denials()


def policy(*statements: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def trust(principal: str, **condition: Any) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": ["sts:AssumeRole", "sts:TagSession"]}
    return policy({**statement, **({"Condition": condition} if condition else {})})


def iam(operation: str, **params: Any) -> Any:
    return CLIENT.call("iam", operation, "eu-west-1", **params)


def role(name: str, trusted: str, *statements: Any, **condition: Any) -> str:
    """ARN of a new role that trusts somebody, with an inline policy of these statements."""
    arn = iam("create_role", RoleName=name, AssumeRolePolicyDocument=trust(trusted, **condition))["Role"]["Arn"]
    iam("put_role_policy", RoleName=name, PolicyName="own", PolicyDocument=policy(*statements))
    return str(arn)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A provider, and a cloud with the user ann and some roles."""
    with provider(guard=Guard(Sessions(), DENIALS)) as (port, _):
        role("deploy", f"arn:aws:iam::{ACCOUNT}:root", QUEUES, StringEquals={"sts:ExternalId": "77"})
        role("second", DEPLOY, QUEUES)
        made = iam("create_open_id_connect_provider", Url=GITHUB, ClientIDList=["sts.amazonaws.com"], ThumbprintList=[])
        federated = {"Federated": made["OpenIDConnectProviderArn"]}
        statement = {"Effect": "Allow", "Principal": federated, "Action": "sts:AssumeRoleWithWebIdentity"}
        iam("create_role", RoleName="workflows", AssumeRolePolicyDocument=policy(statement))
        iam("put_role_policy", RoleName="deploy", PolicyName="on", PolicyDocument=policy({**QUEUES, "Action": "sts:*"}))
        tagged = {**QUEUES, "Condition": {"StringEquals": {"aws:PrincipalTag/team": "shop"}}}
        role("tagged", f"arn:aws:iam::{ACCOUNT}:root", tagged)
        yield port


@pytest.fixture(scope="module")
def ann(port: int) -> dict[str, str]:
    """Keys of a user who may work with queues."""
    iam("create_user", UserName="ann")
    iam("put_user_policy", UserName="ann", PolicyName="own", PolicyDocument=policy(QUEUES))
    made = iam("create_access_key", UserName="ann")["AccessKey"]
    return {"accessKey": made["AccessKeyId"], "secretKey": made["SecretAccessKey"]}


def roles(*given: Any) -> Properties:
    return {"assumeRoles": json.dumps(given)}


def of_deploy(**more: Any) -> dict[str, Any]:
    return {"roleArn": DEPLOY, "externalId": "77", "sessionName": "ci", **more}


def who(port: int, configuration: Properties) -> str:
    """ARN of the caller."""
    driver = Driver(port, {"region": "eu-west-1", **configuration})
    arn: str = driver.invoke(IDENTITY, {})["arn"]
    driver.close()
    return arn


def refused(port: int, configuration: Properties) -> str:
    """Why an instance cannot be configured."""
    with pytest.raises(ProviderCallError) as error:
        Driver(port, {"region": "eu-west-1", **configuration})
    return str(error.value)


def test_without_arguments_an_instance_is_the_administrator(port: int) -> None:
    assert who(port, {}) == f"arn:aws:iam::{ACCOUNT}:user/moto"


def test_keys_are_their_user(port: int, ann: Properties) -> None:
    assert who(port, ann) == f"arn:aws:iam::{ACCOUNT}:user/ann"


@pytest.mark.parametrize(
    ("configuration", "session"),
    [
        (roles(of_deploy()), "deploy/ci"),
        (roles(of_deploy(), {"roleArn": f"arn:aws:iam::{ACCOUNT}:role/second", "sessionName": "cd"}), "second/cd"),
        (
            {"assumeRoleWithWebIdentity": json.dumps({**of_deploy(roleArn=WORKFLOWS), "webIdentityToken": token()})},
            "workflows/ci",
        ),
    ],
)
def test_roles_are_assumed_one_after_the_other(port: int, configuration: Properties, session: str) -> None:
    assert who(port, configuration) == f"arn:aws:sts::{ACCOUNT}:assumed-role/{session}"


@pytest.mark.parametrize(
    "nobody",
    [{"accessKey": "AKIAIOSFODNN7NOBODY1", "secretKey": "hush"}, {"accessKey": "AKIA", "secretKey": "s", "token": "t"}],
)
def test_keys_that_nobody_has_are_refused(port: int, nobody: Properties) -> None:
    expected = (
        "Invalid credentials configured.\n"
        "Please see https://www.pulumi.com/registry/packages/aws/installation-configuration/ for more information about "
        "providing credentials."
    )
    assert refused(port, nobody) == expected
    assert refused(port, {**nobody, **roles(of_deploy())}) == expected


def test_keys_that_are_not_validated_fail_with_the_first_call(port: int) -> None:
    nobody = {"accessKey": "AKIAIOSFODNN7NOBODY1", "secretKey": "s", "skipCredentialsValidation": "true"}
    assert refused(port, nobody).startswith("AWS account ID not previously found")
    driver = Driver(port, {**nobody, "skipRequestingAccountId": "true"})
    with pytest.raises(ProviderCallError, match=r"CreateQueue failed with InvalidClientTokenId: The security token"):
        driver.create(QUEUE, "nobodys", {})
    driver.close()


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (
            {"roleArn": DEPLOY, "sessionName": "ci"},
            f"AssumeRole: AccessDenied: User: arn:aws:iam::{ACCOUNT}:user/moto is not authorized to perform: sts:AssumeRole on "
            f"resource: {DEPLOY}",
        ),
        (
            of_deploy(duration="13h"),
            "AssumeRole: ValidationError: 1 validation error detected: Value '46800' at 'durationSeconds' failed to satisfy "
            "constraint: Member must have value less than or equal to 43200",
        ),
    ],
)
def test_a_role_that_may_not_be_assumed_is_refused_in_the_words_of_the_real_provider(
    port: int, given: Properties, why: str
) -> None:
    assert refused(port, roles(given)) == (
        f"unable to validate AWS credentials.\nDetails: Cannot assume IAM Role\nIAM Role ({DEPLOY}) cannot be assumed.\n\n"
        f"{CAUSES}\n\nError: {why}"
    )


@pytest.mark.parametrize(
    ("configuration", "sentence"),
    [
        (roles({"sessionName": "ci"}), "Assume Role: role ARN not set"),
        (
            roles(of_deploy(duration="long")),
            "aws:assumeRoles: duration must be a time such as 1h or 900s, got 'long'",
        ),
        (
            {"assumeRoleWithWebIdentity": json.dumps(of_deploy())},
            "aws:assumeRoleWithWebIdentity: set webIdentityToken or webIdentityTokenFile",
        ),
        (
            {"assumeRoleWithWebIdentity": json.dumps({**of_deploy(), "webIdentityTokenFile": "/no/token"})},
            "unable to read file at /no/token: No such file or directory",
        ),
        (
            {**roles({"roleArn": MEMBER}), "allowedAccountIds": json.dumps([ACCOUNT])},
            f"AWS account ID not allowed: {OTHER}",
        ),
    ],
)
def test_a_configuration_that_makes_no_caller_is_refused(port: int, configuration: Properties, sentence: str) -> None:
    assert refused(port, configuration) == sentence


def test_a_caller_may_do_what_its_policies_allow_and_the_refusal_names_resource_operation_and_code(
    port: int, ann: Properties
) -> None:
    driver = Driver(port, {"region": "eu-west-1", **ann})
    driver.delete(driver.create(QUEUE, "jobs", {}))
    with pytest.raises(ProviderCallError) as denied:
        driver.create(TOPIC, "news", {"name": "news"})
    user, topic = f"arn:aws:iam::{ACCOUNT}:user/ann", f"arn:aws:sns:eu-west-1:{ACCOUNT}:news"
    driver.close()
    assert str(denied.value) == (
        f"aws:sns/topic:Topic 'news': CreateTopic failed with AuthorizationError: User: {user} is not authorized to perform: "
        f"SNS:CreateTopic on resource: {topic} because no identity-based policy allows the SNS:CreateTopic action; "
        "`slipway sandbox denied` names the statement that is missing"
    )
    denial = DENIALS.report()["denied"][-1]
    assert (denial["principal"], denial["action"], denial["resource"]) == (user, "sns:CreateTopic", topic)
    assert [each["statement"] for each in denial["would_allow"]] == [
        {"Effect": "Allow", "Action": "sns:CreateTopic", "Resource": topic}
    ]


@pytest.mark.parametrize(
    ("given", "may"),
    [
        ([of_deploy()], True),
        ([of_deploy(policy=policy({**QUEUES, "Action": "sns:*"}))], False),
        ([of_deploy(policyArns=["arn:aws:iam::aws:policy/AmazonSQSFullAccess"])], True),
        ([of_deploy(policyArns=["arn:aws:iam::aws:policy/AmazonSNSFullAccess"])], False),
        ([{"roleArn": f"arn:aws:iam::{ACCOUNT}:role/tagged"}], False),
        ([{"roleArn": f"arn:aws:iam::{ACCOUNT}:role/tagged", "tags": {"team": "shop"}}], True),
    ],
)
def test_session_policies_and_tags_of_the_arguments_count(port: int, given: Sequence[Any], may: bool) -> None:
    driver = Driver(port, {"region": "eu-west-1", **roles(*given)})
    if may:
        driver.delete(driver.create(QUEUE, "jobs", {}))
    else:
        with pytest.raises(ProviderCallError, match="CreateQueue failed with AccessDenied: User: "):
            driver.create(QUEUE, "jobs", {})
    driver.close()


def test_a_role_of_another_account_makes_its_resources_there(port: int) -> None:
    far = Driver(port, {"region": "eu-west-1", "allowedAccountIds": json.dumps([OTHER]), **roles({"roleArn": MEMBER})})
    near = Driver(port, {"region": "eu-west-1"})
    made = {driver: driver.create(QUEUE, "same", {"name": "same"}) for driver in (far, near)}
    assert [live.outputs["arn"].split(":")[4] for live in made.values()] == [OTHER, ACCOUNT]
    topic = far.create(TOPIC, "news", {"name": "news"})
    assert (topic.outputs["arn"], topic.outputs["owner"]) == (f"arn:aws:sns:eu-west-1:{OTHER}:news", OTHER)
    near.delete(made[near])
    assert near.read(made[near]) is None
    assert far.read(made[far]) is not None
    for live in (made[far], topic):
        far.delete(live)
    far.close()
    near.close()


def test_a_session_whose_role_is_gone_may_do_nothing_any_more(port: int) -> None:
    arn = role("short", f"arn:aws:iam::{ACCOUNT}:root", QUEUES)
    driver = Driver(port, {"region": "eu-west-1", **roles({"roleArn": arn})})
    driver.delete(driver.create(QUEUE, "jobs", {}))
    iam("delete_role_policy", RoleName="short", PolicyName="own")
    iam("delete_role", RoleName="short")
    with pytest.raises(ProviderCallError, match="CreateQueue failed with InvalidClientTokenId"):
        driver.create(QUEUE, "jobs", {})
    driver.close()
