"""Certificates, requested or imported, and the wait until one is issued."""

from collections.abc import Mapping
from typing import Any

from slipway_sandbox.provider.aws.declaration import Call, Function, Resource, Tags, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties.names import Names
from slipway_sandbox.provider.protocol.errors import ProviderError

CERTIFICATE = {"CertificateArn": "{id}"}
REQUESTED = (
    "certificateAuthorityArn domainName keyAlgorithm options subjectAlternativeNames validationMethod validationOptions"
)
IMPORTED = {"certificateBody": "Certificate", "certificateChain": "CertificateChain", "privateKey": "PrivateKey"}
POLL_SECONDS = 0.25


def create_certificate(scope: Scope) -> Mapping[str, Any]:
    """Requests a certificate, or imports one that comes with its key."""
    if scope.inputs.get("privateKey"):
        return import_certificate(scope)
    asked = {name: scope.inputs[name] for name in REQUESTED.split() if scope.inputs.get(name) is not None}
    names = Names("Certificate", {"validationOptions": "DomainValidationOptions"})
    return scope.call("request_certificate", **scope.members("request_certificate", asked, names))


def import_certificate(scope: Scope) -> dict[str, Any]:
    """Imports a certificate, in place of an earlier one of this resource."""
    given = {member: scope.inputs[name].encode() for name, member in IMPORTED.items() if scope.inputs.get(name)}
    return scope.call("import_certificate", **given, **({"CertificateArn": scope.id} if scope.id else {}))


def read_certificate(scope: Scope) -> Mapping[str, Any] | None:
    """The certificate; its domain stands among the alternative names only where the program writes it there, or none."""
    found = scope.call("describe_certificate", CertificateArn=scope.id)["Certificate"]
    domain = found["DomainName"]
    others = [name for name in found.get("SubjectAlternativeNames", []) if name != domain]
    recorded = scope.get("subjectAlternativeNames") or []
    return {
        **found,
        "SubjectAlternativeNames": [domain, *others] if domain in recorded else others or [domain],
        "DomainValidationOptions": [
            {
                "domainName": option["DomainName"],
                **{f"resourceRecord{part}": option["ResourceRecord"][part] for part in ("Name", "Type", "Value")},
            }
            for option in found.get("DomainValidationOptions", [])
        ],
        "ValidationMethod": "DNS" if found["Type"] == "AMAZON_ISSUED" else "NONE",
    }


def wait_until_issued(scope: Scope) -> Mapping[str, Any]:
    """Waits until the certificate is issued, which takes its validation records.

    Raises ProviderError naming those that are missing.
    """
    arn = scope.get("certificateArn")
    wanted = {name: option["ResourceRecord"]["Name"] for name, option in options(scope, arn).items()}
    given = {name.rstrip(".") for name in scope.inputs.get("validationRecordFqdns") or []}
    left_out = sorted({record for record in wanted.values() if given and record.rstrip(".") not in given})
    if left_out:
        raise ProviderError(
            f"certificate needs {left_out} to be set but only {sorted(given)} was passed to validationRecordFqdns"
        )
    waited = 0.0
    while (found := scope.call("describe_certificate", CertificateArn=arn)["Certificate"])["Status"] != "ISSUED":
        if waited > (scope.timeout_seconds or scope.cloud.retry_seconds):
            records = ", ".join(sorted(set(wanted.values())))
            raise ProviderError(
                f"the certificate {arn} is {found['Status']}; it is issued once these records are in a hosted zone: {records}"
            )
        scope.pause(POLL_SECONDS)
        waited += POLL_SECONDS
    return dict(found)


def options(scope: Scope, arn: str) -> dict[str, Any]:
    """How each domain of a certificate is validated."""
    found = scope.call("describe_certificate", CertificateArn=arn)["Certificate"]
    return {option["DomainName"]: option for option in found.get("DomainValidationOptions", [])}


def validate_certificate(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A certificate is requested for a domain, or imported with its key."""
    if "domainName" not in inputs and "privateKey" not in inputs:
        return [("domainName", "one of 'domainName' and 'privateKey' is required")]
    if "domainName" in inputs and not {"certificateAuthorityArn", "validationMethod"} & inputs.keys():
        return [("validationMethod", "one of 'certificateAuthorityArn' and 'validationMethod' is required")]
    if inputs.get("validationMethod") == "EMAIL":
        return [("validationMethod", "the sandbox validates by DNS only: nobody here reads the mail")]
    return []


def get_certificate(scope: Scope) -> Mapping[str, Any]:
    """The newest certificate of a domain, among those with the statuses asked for; issued ones by default."""
    arguments = scope.inputs
    statuses = arguments.get("statuses") or ["ISSUED"]
    found = []
    for each in scope.call("list_certificates", CertificateStatuses=statuses)["CertificateSummaryList"]:
        certificate = scope.call("describe_certificate", CertificateArn=each["CertificateArn"])["Certificate"]
        types = arguments.get("types") or [certificate["Type"]]
        if (
            certificate["DomainName"] == arguments.get("domain", certificate["DomainName"])
            and certificate["Type"] in types
        ):
            found.append(certificate)
    if not found:
        raise ProviderError(
            f"no certificate for {arguments.get('domain')!r} is {' or '.join(statuses)} in {scope.region}"
        )
    if len(found) > 1 and not arguments.get("mostRecent"):
        raise ProviderError(
            f"{len(found)} certificates match {arguments.get('domain')!r}; set mostRecent to take the newest"
        )
    newest = max(found, key=lambda each: each["NotBefore"])
    arn = newest["CertificateArn"]
    text = scope.call("get_certificate", CertificateArn=arn) if newest["Status"] == "ISSUED" else {}
    listed = scope.call("list_tags_for_certificate", CertificateArn=arn)["Tags"]
    return {
        **arguments,
        "id": arn,
        "arn": arn,
        "domain": newest["DomainName"],
        "certificate": text.get("Certificate", ""),
        "certificateChain": text.get("CertificateChain", ""),
        "status": newest["Status"],
        "tags": {tag["Key"]: tag.get("Value", "") for tag in listed},
    }


RESOURCES = (
    Resource(
        "aws:acm/certificate:Certificate",
        "acm",
        create=create_certificate,
        id="CertificateArn",
        read=read_certificate,
        updates=(
            Update("certificateBody certificateChain privateKey", import_certificate),
            Update("options", Call("update_certificate_options", CERTIFICATE)),
        ),
        delete=Call("delete_certificate", CERTIFICATE),
        tags=Tags(
            add=Call("add_tags_to_certificate", CERTIFICATE),
            remove=Call("remove_tags_from_certificate", CERTIFICATE),
            read=Call("list_tags_for_certificate", CERTIFICATE, reply="Tags"),
            on_create=False,
        ),
        reads={"keyAlgorithm": "`null`", "validationOptions": "`null`"},  # moto has RSA keys of 2048 bits only
        computed={
            "pendingRenewal": lambda _: False,
            "renewalSummaries": lambda _: [],
            "validationEmails": lambda _: [],
        },
        defaults={"keyAlgorithm": "RSA_2048"},
        echoed="earlyRenewalDuration privateKeyWo privateKeyWoVersion",
        immutable={
            "a certificate is for the names that it was made for": "certificateAuthorityArn domainName keyAlgorithm "
            "subjectAlternativeNames validationMethod validationOptions"
        },
        validate=validate_certificate,
    ),
    Resource(
        "aws:acm/certificateValidation:CertificateValidation",
        "acm",
        create=wait_until_issued,
        id="{certificateArn}",
        read=(Call("describe_certificate", CERTIFICATE, reply="Certificate"),),
        delete=None,
        immutable={"it is the wait for one certificate": "certificateArn validationRecordFqdns"},
        gone="Status!='ISSUED'",
    ),
)
FUNCTIONS = (Function("aws:acm/getCertificate:getCertificate", "acm", get_certificate),)
