"""Cases of the rules in `iam.identities`: IAM users and AWS's own policies."""

from tests.support.policies.analyzer import UNKNOWN
from tests.support.policies.samples import ATTACHMENT, ROLE, Case, failing_with

USER_POLICY = "aws:iam/userPolicyAttachment:UserPolicyAttachment"

CASES: list[Case] = [
    *(
        Case(
            rule=rule,
            kind=ATTACHMENT,
            passes=[
                {"policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
                {"policyArn": f"arn:aws:iam::1:policy/{name}"},
            ],
            fails=[
                ({"policyArn": f"arn:aws:iam::aws:policy/{name}"}, ["policyArn is"]),
                ({"policyArn": f"arn:aws-cn:iam::aws:policy/{name}"}, ["policyArn is"]),
            ],
            waits=[{"policyArn": UNKNOWN}],
        )
        for rule, name in (
            ("iam-no-admin-managed-policy", "AdministratorAccess"),
            ("iam-no-iam-full-access", "IAMFullAccess"),
            ("iam-no-cloudshell", "AWSCloudShellFullAccess"),
        )
    ),
    Case(
        rule="iam-no-admin-managed-policy",
        kind=ROLE,
        passes=[{}, {"managedPolicyArns": []}],
        fails=[({"managedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]}, ["managedPolicyArns[0]"])],
        waits=[{"managedPolicyArns": UNKNOWN}],
    ),
    Case(rule="iam-no-user", kind="aws:iam/user:User", passes=[], fails=[({}, ["type is User"])]),
    Case(rule="iam-no-user", kind="aws:iam/accessKey:AccessKey", passes=[], fails=[({}, ["type is AccessKey"])]),
    Case(
        rule="iam-no-user-policy",
        kind="aws:iam/userPolicy:UserPolicy",
        passes=[],
        fails=[({}, ["user has its own policies"])],
    ),
    Case(
        rule="iam-no-user-policy",
        kind="aws:iam/policyAttachment:PolicyAttachment",
        passes=[{}, {"roles": ["app"], "users": []}],
        fails=[({"users": ["anna"]}, ["users get the policy directly"])],
        waits=[{"users": UNKNOWN}],
    ),
    failing_with(
        "iam-no-user-policy", "aws:iam/policyAttachment:PolicyAttachment", passes=[{"groups": ["developers"]}], fails=[]
    ),
    failing_with(
        "iam-no-user-policy",
        USER_POLICY,
        passes=[],
        fails=[({"user": "anna", "policyArn": "arn:a"}, "user has its own policies")],
    ),
    *(
        failing_with(
            rule,
            kind,
            passes=[
                {"policyArn": "arn:aws:iam::aws:policy/job-function/Billing"}
                if kind == ATTACHMENT
                else {"managedPolicyArns": []}
            ],
            fails=[({"managedPolicyArns": ["a", f"arn:aws:iam::aws:policy/{name}"]}, "managedPolicyArns[1] is")]
            if kind == ROLE
            else [],
        )
        for rule, name in (
            ("iam-no-iam-full-access", "IAMFullAccess"),
            ("iam-no-cloudshell", "AWSCloudShellFullAccess"),
        )
        for kind in (ATTACHMENT, ROLE)
    ),
    failing_with("iam-no-user", "aws:iam/user:User", passes=[], fails=[({"name": "a", "path": None}, "type is User")]),
    Case(
        rule="iam-no-admin-managed-policy",
        kind="aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
        passes=[{"policyArns": []}, {"policyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]}],
        fails=[({"policyArns": ["arn:a", "arn:aws-cn:iam::aws:policy/AdministratorAccess"]}, ["policyArns[1] is"])],
        waits=[{"policyArns": UNKNOWN}],
    ),
    Case(
        rule="iam-no-user-policy",
        kind="aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive",
        passes=[{"userName": "anna", "policyArns": []}],
        fails=[({"userName": "anna", "policyArns": ["arn:a"]}, ["policyArns are attached to a user"])],
        waits=[{"policyArns": UNKNOWN}],
    ),
]
