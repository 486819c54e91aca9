"""Cases of the rules in `kms.keys`: KMS."""

from tests.support.policies.analyzer import UNKNOWN
from tests.support.policies.graph_samples import KEY
from tests.support.policies.samples import (
    EVERYBODY,
    FALSE_OR_ABSENT,
    FIRST_STATEMENT,
    FROM_HOME,
    KEY_POLICY,
    PUBLIC,
    TRUE_VALUES,
    Case,
    at,
    statement,
)

CASES: list[Case] = [
    at("kms-rotation", KEY, "enableKeyRotation", passes=[True], fails=[None, False]),
    Case(
        rule="kms-rotation",
        kind=KEY,
        passes=[{"customerMasterKeySpec": "RSA_2048"}, {"keyUsage": "SIGN_VERIFY"}],
        fails=[],
    ),
    *(
        Case(
            rule="kms-no-wildcard-principal",
            kind=kind,
            passes=[
                {},
                statement(**PUBLIC, Condition=FROM_HOME),
                statement(**PUBLIC, Condition={"StringEquals": {"kms:CallerAccount": "123456789012"}}),
                statement(Principal={"AWS": "arn:aws:iam::123456789012:root"}, Action="kms:*"),
            ],
            fails=[
                (statement(**PUBLIC), ["policy.Statement[0]"]),
                (statement(Principal={"AWS": ["*"]}, Action="kms:Decrypt"), ["policy.Statement[0]"]),
                (
                    statement(**PUBLIC, Condition={"StringLike": {"kms:CallerAccount": "*"}}),
                    ["policy.Statement[0]"],
                ),
            ],
            waits=[{"policy": UNKNOWN}],
        )
        for kind in (KEY, "aws:kms/keyPolicy:KeyPolicy")
    ),
    at("kms-deletion-window", KEY, "deletionWindowInDays", passes=[None, 30], fails=[7, 29]),
    at("kms-enabled", KEY, "isEnabled", passes=[None, True], fails=[False]),
    at("kms-no-bypass-lockout", KEY, "bypassPolicyLockoutSafetyCheck", passes=[None, False], fails=[True]),
    at("kms-description", KEY, "description", passes=["Orders"], fails=[None, " ", "Managed by Pulumi"]),
    at("kms-rotation", KEY, "enableKeyRotation", passes=TRUE_VALUES, fails=FALSE_OR_ABSENT, keyUsage="ENCRYPT_DECRYPT"),
    at(
        "kms-no-bypass-lockout",
        KEY,
        "bypassPolicyLockoutSafetyCheck",
        passes=FALSE_OR_ABSENT,
        fails=TRUE_VALUES,
        description="a",
    ),
    at("kms-enabled", KEY, "isEnabled", passes=[*TRUE_VALUES, None], fails=[False, "false"], description="a"),
    at("kms-description", KEY, "description", passes=["Messages", "Logs"], fails=[""], isEnabled=True),
    at("kms-deletion-window", KEY, "deletionWindowInDays", passes=[30.0], fails=[7.0, "8"], isEnabled=True),
    Case(
        rule="kms-no-wildcard-principal",
        kind=KEY_POLICY,
        passes=[
            statement(**EVERYBODY, Condition={"StringEquals": {"kms:CallerAccount": "1", "kms:ViaService": "sqs"}})
        ],
        fails=[
            (
                statement(**EVERYBODY, Condition={"StringEquals": {"kms:ViaService": "sqs.eu-west-1.amazonaws.com"}}),
                FIRST_STATEMENT,
            )
        ],
    ),
]
