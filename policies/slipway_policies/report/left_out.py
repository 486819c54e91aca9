"""Rules of other tools left out of this pack, each with the reason; RULES.md lists them."""

from typing import Final

LEFT_OUT: Final = {
    "ecs-taskdef-host-mode-user": "AWS retired ECS.1 in 2026-03; ecs-taskdef-no-host-network refuses the mode itself",
    "ec2-ebs-optimized": "current instance types are EBS-optimized by default",
    "ec2-no-paravirtual": "current instance types support hardware virtual machines only",
    "iam-no-root-access-key": "IAM has no resource for the root user, so no program can create its key",
    "iam-no-unconstrained-write": "iam-no-star-resource finds the same statements",
    "lb-http-redirects-to-https": "lb-listener-https judges each HTTP listener",
    "log-group-retention-year": "minimumDays of log-group-retention, set to 365",
    "nacl-no-ingress-all on the default ACL": "AWS creates it open, and security groups protect the VPC; an ACL in the program is judged",
    "pinned-provider": "the engine always uses the provider version of the installed SDK",
    "route-no-open-igw": "a route table does not show the purpose of its subnets; "
    "ecs-service-private-subnets follows the subnets of services",
    "sg-no-cycle": "a load balancer and its tasks correctly name each other, and separate rules let both be deleted; "
    "Pulumi does not allow cycles of inline rules",
    "sns-delivery-logging": "AWS retired SNS.2 in 2024-04; failures show in the metric NumberOfNotificationsFailed",
    "tg-http-only-behind-tls": "lb-listener-https finds the plain listener, tg-protocol-encrypted the plain target",
}
