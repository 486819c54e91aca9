"""ACM."""

from collections.abc import Callable
from typing import TypedDict, cast

from moto.acm.models import CertBundle
from moto.acm.responses import AWSCertificateManagerResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.route53.models import route53_backends

from slipway_sandbox.corrections._decorator import adds, corrects


class Record(TypedDict):
    """DNS record as the proof of a domain."""

    Name: str


class DomainValidation(TypedDict):
    """One domain of a certificate, with its proof."""

    DomainName: str
    ResourceRecord: Record


class Certificate(TypedDict, total=False):
    """The used part of DescribeCertificate's answer."""

    DomainValidationOptions: list[DomainValidation]


class Description(TypedDict):
    """DescribeCertificate's answer."""

    Certificate: Certificate


@corrects(
    CertBundle.check,
    why="moto issues a certificate a while after its request, with its validation records or without; ACM waits for the records.",
)
def check(original: Callable[[CertBundle], None], self: CertBundle) -> None:
    if self.status == "PENDING_VALIDATION":
        description = cast(Description, self.describe())
        options = description["Certificate"].get("DomainValidationOptions", [])
        if not {(option["ResourceRecord"]["Name"].rstrip("."), "CNAME") for option in options} <= _records():
            return
        self.status = "ISSUED"
    original(self)


@corrects(
    CertBundle.describe,
    why="moto answers the domain validation options of a certificate in no order; ACM begins with its own domain name.",
)
def describe(original: Callable[[CertBundle], Description], self: CertBundle) -> Description:
    answer = original(self)
    options = answer["Certificate"].get("DomainValidationOptions", [])
    options.sort(key=lambda option: (option["DomainName"] != self.common_name, option["DomainName"]))
    return answer


@adds(AWSCertificateManagerResponse, why="moto has no UpdateCertificateOptions; ACM has.")
def update_certificate_options(self: AWSCertificateManagerResponse) -> ActionResult:
    certificate = self.acm_backend.get_certificate(self._get_param("CertificateArn"))
    certificate.cert_options = {**certificate.cert_options, **self._get_param("Options")}
    return EmptyResult()


def _records() -> set[tuple[str, str | None]]:
    """Name and type of every record in every hosted zone."""
    backends = [backend for account in route53_backends.values() for backend in account.values()]
    zones = [zone for backend in backends for zone in backend.zones.values()]
    return {(record.name.rstrip("."), record.type) for zone in zones for record in zone.rrsets}
