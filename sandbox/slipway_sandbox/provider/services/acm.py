"""Certificates, requested or imported, and the wait for their issue."""

from slipway_sandbox.provider.aws.declaration import Call, Failures, Function, Resource, Tags, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties.mapping import as_map
from slipway_sandbox.provider.properties.names import Names
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.readers import block, blocks, present, text, texts, time
from slipway_sandbox.provider.protocol.wire import Properties, Value

CERTIFICATE = {"CertificateArn": "{id}"}
REQUESTED = (
    "certificateAuthorityArn domainName keyAlgorithm options subjectAlternativeNames validationMethod validationOptions"
)
IMPORTED = {"certificateBody": "Certificate", "certificateChain": "CertificateChain", "privateKey": "PrivateKey"}
POLL_SECONDS = 0.25


def create_certificate(scope: Scope) -> Properties:
    """Requests a certificate, or imports one with its key."""
    if scope.inputs.get("privateKey"):
        return import_certificate(scope)
    names = Names("Certificate", {"validationOptions": "DomainValidationOptions"})
    request = scope.members("request_certificate", present(scope.inputs, REQUESTED), names)
    return scope.call("request_certificate", **request)


def import_certificate(scope: Scope) -> Properties:
    """Imports a certificate, in place of an earlier one of this resource."""
    parts = {member: text(scope.inputs, name).encode() for name, member in IMPORTED.items() if scope.inputs.get(name)}
    own = {"CertificateArn": scope.id} if scope.id else {}
    return scope.call("import_certificate", **parts, **own)


def describe(scope: Scope, arn: Value) -> dict[str, Value]:
    """ACM's answer about a certificate."""
    return block(scope.call("describe_certificate", CertificateArn=arn), "Certificate")


def read_certificate(scope: Scope) -> Properties | None:
    """The certificate. ACM repeats its domain among the alternative names; it stays there if the program has it there."""
    certificate = describe(scope, scope.id)
    domain = text(certificate, "DomainName")
    others = [name for name in texts(certificate, "SubjectAlternativeNames") if name != domain]
    recorded = texts(scope, "subjectAlternativeNames")
    options = blocks(certificate, "DomainValidationOptions")
    return {
        **certificate,
        "SubjectAlternativeNames": [domain, *others] if domain in recorded else others or [domain],
        "DomainValidationOptions": [
            {
                "domainName": option["DomainName"],
                **{
                    f"resourceRecord{part}": block(option, "ResourceRecord")[part] for part in ("Name", "Type", "Value")
                },
            }
            for option in options
        ],
        "ValidationMethod": "DNS" if certificate["Type"] == "AMAZON_ISSUED" else "NONE",
    }


def wait_until_issued(scope: Scope) -> Properties:
    """Waits until ACM finds the validation records and issues the certificate.

    Raises ProviderError with the missing records.
    """
    arn = text(scope, "certificateArn")
    wanted = validation_records(describe(scope, arn))
    passed = {name.rstrip(".") for name in texts(scope.inputs, "validationRecordFqdns")}
    left_out = sorted({record for record in wanted if passed and record.rstrip(".") not in passed})
    if left_out:
        raise ProviderError(
            f"certificate needs {left_out} to be set but only {sorted(passed)} was passed to validationRecordFqdns"
        )
    waited = 0.0
    while (certificate := describe(scope, arn))["Status"] != "ISSUED":
        if waited > (scope.timeout_seconds or scope.cloud.retry_seconds):
            records = ", ".join(sorted(wanted))
            raise ProviderError(
                f"the certificate {arn} is {certificate['Status']}; it is issued once these records are in a hosted zone: {records}"
            )
        scope.pause(POLL_SECONDS)
        waited += POLL_SECONDS
    return certificate


def validation_records(certificate: Properties) -> set[str]:
    """Names of the DNS records for the validation of a certificate."""
    return {text(block(option, "ResourceRecord"), "Name") for option in blocks(certificate, "DomainValidationOptions")}


def validate_certificate(inputs: Properties) -> Failures:
    """A certificate is requested for a domain, or imported with its key."""
    if "domainName" not in inputs and "privateKey" not in inputs:
        return [("domainName", "one of 'domainName' and 'privateKey' is required")]
    if "domainName" in inputs and not {"certificateAuthorityArn", "validationMethod"} & inputs.keys():
        return [("validationMethod", "one of 'certificateAuthorityArn' and 'validationMethod' is required")]
    if inputs.get("validationMethod") == "EMAIL":
        return [("validationMethod", "the sandbox validates by DNS only: nobody here reads the mail")]
    return []


def get_certificate(scope: Scope) -> Properties:
    """The newest certificate of a domain, with one of the given statuses. Default: ISSUED."""
    arguments = scope.inputs
    statuses = texts(arguments, "statuses") or ["ISSUED"]
    listed = blocks(scope.call("list_certificates", CertificateStatuses=statuses), "CertificateSummaryList")
    certificates = [describe(scope, summary["CertificateArn"]) for summary in listed]
    matches = [
        certificate
        for certificate in certificates
        if certificate["DomainName"] == arguments.get("domain", certificate["DomainName"])
        and certificate["Type"] in (texts(arguments, "types") or [text(certificate, "Type")])
    ]
    if not matches:
        raise ProviderError(
            f"no certificate for {arguments.get('domain')!r} is {' or '.join(statuses)} in {scope.region}"
        )
    if len(matches) > 1 and not arguments.get("mostRecent"):
        raise ProviderError(
            f"{len(matches)} certificates match {arguments.get('domain')!r}; set mostRecent to take the newest"
        )
    newest = max(matches, key=lambda certificate: time(certificate, "NotBefore"))
    arn = newest["CertificateArn"]
    chain = scope.call("get_certificate", CertificateArn=arn) if newest["Status"] == "ISSUED" else {}
    return {
        **arguments,
        "id": arn,
        "arn": arn,
        "domain": newest["DomainName"],
        "certificate": chain.get("Certificate", ""),
        "certificateChain": chain.get("CertificateChain", ""),
        "status": newest["Status"],
        "tags": as_map(scope.call("list_tags_for_certificate", CertificateArn=arn)["Tags"]),
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
