"""Rules of other tools left out of this pack, each with the reason; RULES.md lists them."""

from typing import Final

LEFT_OUT: Final = {
    "ecs-taskdef-host-mode-user": "AWS retired ECS.1 in 2026-03; ecs-taskdef-no-host-network refuses the mode itself",
    "ec2-ebs-optimized": "instance types of the current generations are so by default",
    "ec2-no-paravirtual": "instance types of the current generations start hardware virtual machines only",
    "iam-no-root-access-key": "IAM has no user for root, so no program can declare such a key",
    "iam-no-unconstrained-write": "iam-no-star-resource finds the same statements",
    "lb-http-redirects-to-https": "lb-listener-https judges each HTTP listener, so the whole balancer follows",
    "log-group-retention-year": "minimumDays of log-group-retention, set to 365",
    "nacl-no-ingress-all on the default ACL": "AWS makes it open, and security groups do the work; writing the ACL out is judged",
    "pinned-provider": "the engine takes the version of the SDK that the program has installed, so none goes without",
    "route-no-open-igw": "a route table does not say whether its subnets are meant to be private; "
    "ecs-service-private-subnets follows the subnets that services use",
    "sg-no-cycle": "a load balancer and its tasks name each other rightly, and rules of their own let both be deleted; "
    "inline rules cannot be written in a cycle in Pulumi",
    "sns-delivery-logging": "AWS retired SNS.2 in 2024-04; failures show in the metric NumberOfNotificationsFailed",
    "tg-http-only-behind-tls": "lb-listener-https finds the plain listener, tg-protocol-encrypted the plain target",
}
