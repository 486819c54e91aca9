"""What an operator command refuses or cannot do, said in one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager


class OpsError(Exception):
    """One sentence for the operator: what is wrong and what to do. Shown without a traceback; exit code 2."""


@contextmanager
def aws_errors() -> Iterator[None]:
    """Turns botocore's errors into sentences that name the operation, AWS's code and the fix."""
    # Imported here as botocore takes 0.1 s that `--help` does not need.
    from botocore import exceptions, parsers  # noqa: PLC0415

    try:
        yield
    except exceptions.EndpointConnectionError as error:
        url = error.kwargs["endpoint_url"]
        raise OpsError(f"AWS does not answer at {url}; for a sandbox stack run `slipway sandbox start`") from error
    except (exceptions.NoCredentialsError, exceptions.NoRegionError) as error:
        advice = 'for a sandbox stack run `eval "$(make env)"`, else set AWS_PROFILE and AWS_REGION'
        raise OpsError(f"AWS: {str(error).rstrip('.')}; {advice}") from error
    except exceptions.ClientError as error:
        detail = error.response["Error"]
        message = str(detail.get("Message", "")).rstrip(".")
        raise OpsError(
            f"AWS refused {error.operation_name} with {detail['Code']}: {message}; "
            "check that the stack, the account and the region belong together"
        ) from error
    except exceptions.BotoCoreError as error:
        raise OpsError(f"AWS: {str(error).rstrip('.')}") from error
    except parsers.ResponseParserError as error:
        raise OpsError("what answers is not AWS, or is in trouble; for a sandbox stack, its log says why") from error
