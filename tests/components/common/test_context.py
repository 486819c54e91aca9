"""What the components of a program share: the account of a provider is asked for once."""

import pulumi
import pulumi_aws as aws

from slipway.common import Context, trust_within_account
from slipway.testing import Mocks, build

GET_CALLER = "aws:index/getCallerIdentity:getCallerIdentity"
LOOKUPS = {
    GET_CALLER: "accountId",
    "aws:index/getPartition:getPartition": "partition",
    "aws:index/getRegion:getRegion": "region",
}


class Role(pulumi.ComponentResource):
    """A component with a role."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("test:index:Role", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        trusts = trust_within_account("ecs-tasks.amazonaws.com", child)
        aws.iam.Role(name, assume_role_policy=trusts, opts=child)


def test_components_ask_for_the_account_of_their_provider_once() -> None:
    def program() -> None:
        far = pulumi.ResourceOptions(providers=[aws.Provider("far", region="eu-central-1")])
        for number in range(3):
            Role(f"near-{number}")
            Role(f"far-{number}", far)

    built = build(program)
    asked = [
        call.provider.partition("::")[0] if call.provider else "" for call in built.calls if call.token == GET_CALLER
    ]
    assert len(asked) == 2, "the default provider, and another one"
    assert len({call.provider for call in built.calls}) == 2
    documents = {it.inputs["assumeRolePolicy"] for it in built.resources if it.type == "aws:iam/role:Role"}
    [document] = documents
    assert '"aws:SourceAccount": "123456789012"' in document
    roles = [it for it in built.resources if it.type == "aws:iam/role:Role"]
    assert [it.depends_on for it in roles] == [set()] * 6, "a provider is no dependency"
    assert len([call for call in build(program).calls if call.token == GET_CALLER]) == 2, "another run asks again"


def test_where_the_provider_is_not_known_yet_its_answers_are_unknown() -> None:
    nothing = {token: {key: None} for token, key in LOOKUPS.items()}

    def program() -> None:
        context = Context("Queue 'work'", "work", None, pulumi.ResourceOptions())
        known = {"region": context.region, "partition": context.partition, "accountId": context.account_id}
        aws.sqs.Queue("known", policy=pulumi.Output.json_dumps(known))

    [known] = build(program).resources
    assert known.inputs["policy"] == '{"region": "eu-west-1", "partition": "aws", "accountId": "123456789012"}'
    [unknown] = build(program, Mocks(nothing)).resources
    assert "policy" not in unknown.inputs
