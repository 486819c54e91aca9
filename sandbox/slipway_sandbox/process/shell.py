"""Attaches a shell or a command to the running sandbox, and to nothing else."""

import os
import shlex
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from slipway_sandbox.errors import NotFoundError
from slipway_sandbox.identities import administrator
from slipway_sandbox.process.home import VARIABLE, Home, Ports
from slipway_sandbox.process.ports import LOOPBACK

REGION = "eu-west-1"
# Steer a client to an identity or an endpoint, and would win over the exported variables.
UNSET = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "PULUMI_CONFIG_PASSPHRASE",
         "PULUMI_OPTION_STACK")  # fmt: skip
UNSET_WHERE_SET = ("AWS_ENDPOINT_URL_", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_ROLE_", "AWS_WEB_IDENTITY_",
                   "AWS_CONTAINER_", "AWS_USE_")  # fmt: skip
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")  # win over any profile
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


def endpoint(ports: Ports) -> str:
    """URL of the AWS API."""
    return f"http://{LOOPBACK}:{ports.moto}"


def aws_variables(home: Home, ports: Ports) -> dict[str, str]:
    """Variables for any AWS SDK to talk to the sandbox."""
    return {
        "AWS_ENDPOINT_URL": endpoint(ports),
        "AWS_ACCESS_KEY_ID": administrator.KEY_ID,
        "AWS_SECRET_ACCESS_KEY": home.secret_key.read_text(),
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    }


def pulumi_variables(home: Home, ports: Ports) -> dict[str, str]:
    """Variables for the Pulumi CLI to use the sandbox's providers and state."""
    return {
        "PULUMI_DEBUG_PROVIDERS": f"aws:{ports.aws},docker:{ports.docker}",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_BACKEND_URL": f"file://{home.state}?metadata=skip",  # attributes beside a state are no use, and a kill tears them
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(home.passphrase),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_SUPPRESS_NEO_LINK": "true",  # advice under every error, for which one needs an account
    }


def script(home: Home, ports: Ports, aws_config: Path | None = None) -> str:
    """Commands for any POSIX shell: `eval "$(slipway sandbox env)"`.

    `aws_config` is a file whose default profile says who calls. Default: the administrator calls.
    """
    unset = [*UNSET, *sorted(name for name in os.environ if name.startswith(UNSET_WHERE_SET))]
    unset += KEYS if aws_config else ()
    variables = _variables(home, ports, aws_config)
    return "\n".join(
        [
            *(f"unset {name}" for name in unset),
            *(f"export {name}={shlex.quote(value)}" for name, value in variables.items()),
        ]
    )


def environment(home: Home, ports: Ports, aws_config: Path | None = None) -> dict[str, str]:
    """This process's environment, attached: the same variables as in `script` are set and unset."""
    unset = (*UNSET, *KEYS)
    kept = {
        name: value for name, value in os.environ.items() if name not in unset and not name.startswith(UNSET_WHERE_SET)
    }
    return kept | _variables(home, ports, aws_config)


def program_of(name: str) -> str:
    """File of a command, as a shell finds it. Raises NotFoundError."""
    if found := shutil.which(name):
        return found
    raise NotFoundError(f"there is no command {name!r} here; check its spelling, or give its path")


def become(program: str, words: list[str], variables: Mapping[str, str]) -> NoReturn:
    """Puts a command in the place of this process: terminal, signals and exit code are its own."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(program, words, variables)  # noqa: S606 - no shell, on purpose


def _variables(home: Home, ports: Ports, aws_config: Path | None) -> dict[str, str]:
    variables = aws_variables(home, ports) | pulumi_variables(home, ports) | _around_proxies()
    if aws_config:
        variables = {name: value for name, value in variables.items() if name not in KEYS}
        variables["AWS_CONFIG_FILE"] = str(aws_config)
    return variables | {VARIABLE: str(home.path)} if VARIABLE in os.environ else variables


def _around_proxies() -> dict[str, str]:
    """Python's AWS SDK asks a proxy even for loopback, unless told otherwise."""
    if not any(name.upper() in PROXIES for name in os.environ):
        return {}
    known = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    hosts = [host for host in known.split(",") if host]
    value = ",".join([*hosts, *(host for host in (LOOPBACK, "localhost") if host not in hosts)])
    return {"NO_PROXY": value, "no_proxy": value}
