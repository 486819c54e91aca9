"""Cases of the rules in `ecr.repositories`: ECR."""

from tests.support.policies.analyzer import UNKNOWN
from tests.support.policies.samples import (
    FALSE_OR_ABSENT,
    FROM_HOME,
    FROM_ORGANIZATION,
    PUBLIC,
    REPOSITORY,
    TRUE_VALUES,
    Case,
    at,
    failing_with,
    statement,
)

REPOSITORY_POLICY = "aws:ecr/repositoryPolicy:RepositoryPolicy"

CASES: list[Case] = [
    at(
        "ecr-kms-encryption",
        REPOSITORY,
        "encryptionConfigurations[0].encryptionType",
        passes=["KMS", "KMS_DSSE"],
        fails=["AES256"],
    ),
    Case(rule="ecr-kms-encryption", kind=REPOSITORY, passes=[], fails=[({}, ["encryptionConfigurations is missing"])]),
    at("ecr-cmk-encryption", REPOSITORY, "encryptionConfigurations[0].kmsKey", passes=["arn:aws:kms:k"], fails=[""]),
    Case(rule="ecr-cmk-encryption", kind=REPOSITORY, passes=[], fails=[({}, ["encryptionConfigurations is missing"])]),
    Case(
        rule="ecr-policy-not-public",
        kind="aws:ecr/repositoryPolicy:RepositoryPolicy",
        passes=[statement(**PUBLIC, Condition=FROM_HOME), statement(Principal={"AWS": "123456789012"}, Action="ecr:*")],
        fails=[
            (statement(**PUBLIC), ["policy.Statement[0]"]),
            (statement(Principal={"AWS": "*"}, Action="ecr:BatchGetImage"), ["policy.Statement[0]"]),
        ],
        waits=[{"policy": UNKNOWN}],
    ),
    at("ecr-no-force-delete", REPOSITORY, "forceDelete", passes=[None, False], fails=[True]),
    Case(
        rule="ecr-immutable-tags",
        kind=REPOSITORY,
        passes=[{"imageTagMutability": "IMMUTABLE"}, {"imageTagMutability": "IMMUTABLE_WITH_EXCLUSION"}],
        fails=[({}, ["imageTagMutability"]), ({"imageTagMutability": "MUTABLE"}, ["imageTagMutability"])],
        waits=[{"imageTagMutability": UNKNOWN}],
    ),
    Case(
        rule="ecr-scan-on-push",
        kind=REPOSITORY,
        passes=[{"imageScanningConfiguration": {"scanOnPush": True}}],
        fails=[
            ({}, ["imageScanningConfiguration.scanOnPush"]),
            ({"imageScanningConfiguration": {"scanOnPush": False}}, ["imageScanningConfiguration.scanOnPush"]),
        ],
        waits=[{"imageScanningConfiguration": UNKNOWN}],
    ),
    at(
        "ecr-scan-on-push",
        REPOSITORY,
        "imageScanningConfiguration.scanOnPush",
        passes=TRUE_VALUES,
        fails=FALSE_OR_ABSENT,
        name=None,
    ),
    at("ecr-no-force-delete", REPOSITORY, "forceDelete", passes=FALSE_OR_ABSENT, fails=TRUE_VALUES, name=None),
    at(
        "ecr-immutable-tags",
        REPOSITORY,
        "imageTagMutability",
        passes=["IMMUTABLE"],
        fails=["MUTABLE_WITH_EXCLUSION", ""],
        name="a",
    ),
    *(
        failing_with(
            rule,
            REPOSITORY,
            passes=[
                {"encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": key}]} for key in ("arn:a", "arn:b")
            ],
            fails=[({"encryptionConfigurations": []}, "encryptionConfigurations is missing")],
        )
        for rule in ("ecr-kms-encryption", "ecr-cmk-encryption")
    ),
    failing_with(
        "ecr-policy-not-public",
        REPOSITORY_POLICY,
        passes=[
            statement(Principal={"AWS": "123456789012"}, Action="ecr:*"),
            statement(Principal="*", Action="ecr:*", Condition=FROM_ORGANIZATION),
        ],
        fails=[(statement(NotPrincipal={"AWS": "123456789012"}, Action="ecr:*"), "policy.Statement[0]")],
    ),
]
