"""Domain names of a load balancer: an ACM certificate, validated through Route 53, and the DNS records.

Source: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
"""

from collections.abc import Sequence

import pulumi
from pulumi_aws import acm, lb, route53

from slipway.common import Context


def validated_certificate(
    context: Context, domain_names: Sequence[str], zone_id: pulumi.Input[str]
) -> pulumi.Output[str]:
    """ARN of a new certificate, known once ACM has seen the validation records in the zone."""
    certificate = acm.Certificate(
        context.name,
        domain_name=domain_names[0],
        subject_alternative_names=list(domain_names[1:]),
        validation_method="DNS",
        tags=context.tagged(context.name),
        opts=context.child,
    )
    records = []
    # A name and its wildcard have the same validation record.
    for domain, part in slugs([validation_name(name) for name in domain_names]).items():
        option = certificate.domain_validation_options.apply(
            lambda options, domain=domain: next(  # type: ignore[misc]
                option for option in options if validation_name(option.domain_name) == domain
            )
        )
        records.append(
            route53.Record(
                f"{context.name}-proof-{part}",
                zone_id=zone_id,
                name=option.resource_record_name,
                type=option.resource_record_type,
                ttl=60,
                records=[option.resource_record_value],
                # Every certificate of an account for this name has the same record.
                allow_overwrite=True,
                opts=context.child,
            )
        )
    validation = acm.CertificateValidation(
        context.name,
        certificate_arn=certificate.arn,
        validation_record_fqdns=[record.fqdn for record in records],
        opts=context.child,
    )
    return validation.certificate_arn


def alias_records(
    context: Context, domain_names: Sequence[str], zone_id: pulumi.Input[str], balancer: lb.LoadBalancer
) -> None:
    """An alias record for each name; it follows the load balancer's addresses, and its queries are free."""
    for domain, part in slugs(domain_names).items():
        route53.Record(
            f"{context.name}-{part}",
            zone_id=zone_id,
            name=domain,
            type="A",
            aliases=[{"name": balancer.dns_name, "zone_id": balancer.zone_id, "evaluate_target_health": True}],
            opts=context.child,
        )


def validation_name(domain: str) -> str:
    """The name in the validation record: example.com for *.example.com."""
    return domain.removeprefix("*.")


def slugs(domain_names: Sequence[str]) -> dict[str, str]:
    """Domain name to its part of a resource name; a later name with the same part gets a number.

    >>> slugs(["a-b.com", "a.b.com"])
    {'a-b.com': 'a-b-com', 'a.b.com': 'a-b-com-2'}
    """
    parts: dict[str, str] = {}
    for domain in dict.fromkeys(domain_names):
        twins = [slug(other) for other in parts].count(slug(domain))
        parts[domain] = f"{slug(domain)}-{twins + 1}" if twins else slug(domain)
    return parts


def slug(domain: str) -> str:
    """A domain name as part of a resource name: any-example-com for *.example.com."""
    return domain.replace("*", "any").replace(".", "-")
