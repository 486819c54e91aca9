"""Names of a load balancer: a certificate that Route 53 proves and ACM renews, and the records that lead to it.

Source: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
"""

from collections.abc import Sequence

import pulumi
from pulumi_aws import acm, lb, route53

from slipway.common import Tags, named


def validated_certificate(
    name: str, domains: Sequence[str], zone_id: pulumi.Input[str], tags: Tags | None, child: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    """ARN of a certificate for the names, known once ACM has seen their records in the zone."""
    certificate = acm.Certificate(
        name,
        domain_name=domains[0],
        subject_alternative_names=list(domains[1:]),
        validation_method="DNS",
        tags=named(name, tags),
        opts=child,
    )
    records = []
    # A name and its wildcard are proved by the same record.
    for domain in dict.fromkeys(proved_by(domain) for domain in domains):
        option = certificate.domain_validation_options.apply(
            lambda found, domain=domain: next(it for it in found if proved_by(it.domain_name) == domain)  # type: ignore[misc]
        )
        records.append(
            route53.Record(
                f"{name}-proof-{slug(domain)}",
                zone_id=zone_id,
                name=option.resource_record_name,
                type=option.resource_record_type,
                ttl=60,
                records=[option.resource_record_value],
                # Every certificate of an account for this name has the same record.
                allow_overwrite=True,
                opts=child,
            )
        )
    validation = acm.CertificateValidation(
        name,
        certificate_arn=certificate.arn,
        validation_record_fqdns=[record.fqdn for record in records],
        opts=child,
    )
    return validation.certificate_arn


def alias_records(
    name: str,
    domains: Sequence[str],
    zone_id: pulumi.Input[str],
    balancer: lb.LoadBalancer,
    child: pulumi.ResourceOptions,
) -> None:
    """A record for each name, which follows the load balancer's addresses and costs nothing to ask."""
    for domain in domains:
        route53.Record(
            f"{name}-{slug(domain)}",
            zone_id=zone_id,
            name=domain,
            type="A",
            aliases=[{"name": balancer.dns_name, "zone_id": balancer.zone_id, "evaluate_target_health": True}],
            opts=child,
        )


def proved_by(domain: str) -> str:
    """The name that a certificate's name is proved by: *.example.com is by example.com."""
    return domain.removeprefix("*.")


def slug(domain: str) -> str:
    """A name in the form that resource names have: *.example.com to any-example-com."""
    return domain.replace("*", "any").replace(".", "-")
