"""AWS as the commands see it."""

from collections.abc import Iterator
from contextlib import contextmanager

from slipway_cli.errors import CommandError


@contextmanager
def aws_errors() -> Iterator[None]:
    """Turn errors of botocore into sentences: the operation, AWS's code and the fix."""
    from botocore import exceptions, parsers  # noqa: PLC0415 - 0.1 s, which `--help` does not need

    try:
        yield
    except exceptions.EndpointConnectionError as error:
        url = error.kwargs["endpoint_url"]
        raise CommandError(f"AWS does not answer at {url}; for a sandbox stack run `slipway sandbox start`") from error
    except (exceptions.NoCredentialsError, exceptions.NoRegionError) as error:
        advice = 'for a sandbox stack run `eval "$(slipway sandbox env)"`, else set AWS_PROFILE and AWS_REGION'
        raise CommandError(f"AWS: {str(error).rstrip('.')}; {advice}") from error
    except exceptions.ClientError as error:
        detail = error.response["Error"]
        message = str(detail.get("Message", "")).rstrip(".")
        raise CommandError(
            f"AWS refused {error.operation_name} with {detail['Code']}: {message}; "
            "check that the stack, the account and the region belong together"
        ) from error
    except exceptions.BotoCoreError as error:
        raise CommandError(f"AWS: {str(error).rstrip('.')}") from error
    except parsers.ResponseParserError as error:
        raise CommandError("the answer is not AWS's; for a sandbox stack, the sandbox's log says why") from error
