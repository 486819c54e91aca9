"""`slipway sandbox start|stop|status|env|reset`. argparse, as `env` runs at every prompt of some shells: 0.06 s."""

import argparse
import json
import os
import sys
import time
from typing import Any

from slipway_sandbox.errors import SandboxError
from slipway_sandbox.process import lifecycle, shell, stacks
from slipway_sandbox.process.home import Home, Record, locate


def start(home: Home, _: argparse.Namespace) -> None:
    began = time.monotonic()
    record, started = lifecycle.start(home)
    where = f"AWS API http://127.0.0.1:{record.ports.moto}, images localhost:{record.ports.registry}"
    if not started:
        print(f"The sandbox already runs: {where}")
        return
    print(f"The sandbox runs after {time.monotonic() - began:.1f} s: {where}")
    if lifecycle.status(home)["lost_changes"]:
        print(
            "It was killed before its last changes were saved: run `pulumi refresh` before the next `pulumi up`",
            file=sys.stderr,
        )


def stop(home: Home, _: argparse.Namespace) -> None:
    print("The sandbox has stopped; its cloud is kept" if lifecycle.stop(home) else "The sandbox was not running")


def env(home: Home, _: argparse.Namespace) -> None:
    record = _running(home)
    for pid in stacks.release_dead_locks(home):
        print(f"A pulumi (process {pid}) was killed; the lock that it left is released", file=sys.stderr)
    print(shell.script(home, record.ports))


def reset(home: Home, _: argparse.Namespace) -> None:
    again = lifecycle.reset(home)
    print("Cloud, stacks' state, images and keys are empty" + ("; the sandbox runs on the same ports" if again else ""))


def status(home: Home, options: argparse.Namespace) -> None:
    report = lifecycle.status(home)
    if options.json:
        print(json.dumps(report, indent=2))
        return
    print("\n".join(f"{name:<16} {value}" for name, value in _rows(report)))


def _rows(report: dict[str, Any]) -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = [("state", report["state"]), ("directory", report["home"])]
    if report["state"] != "running":
        return rows
    rows += [("process", report["pid"]), ("up for", f"{report['uptime_seconds']} s")]
    rows += [(f"port {name}", port) for name, port in report["ports"].items()]
    rows += [
        ("registry", report["registry"]),
        ("containers", report["containers"]),
        ("saved", report["save_failure"] or report["saved_at"] or "nothing to save yet"),
    ]
    rows += [(f"balancer {name}", url) for name, url in report["urls"].items()]
    for instance, way in report["instances"].items():
        rows += [(instance, shown) for shown in (way["command"], way["note"]) if shown]
    rows += [(f"stack {name}", f"{resources} resources") for name, resources in report["stacks"].items()]
    return rows + list(report["contents"].items())


def _running(home: Home) -> Record:
    record = lifecycle.running(home)
    if record is None:
        raise SandboxError(f"the sandbox of {home.path} is not running; run `slipway sandbox start`")
    return record


COMMANDS = {
    start: "start it; nothing happens where it runs already",
    stop: "stop it and keep the cloud",
    status: "say whether it runs, on which ports, and what is in it",
    env: 'print what attaches a shell: eval "$(slipway sandbox env)"',
    reset: "empty cloud, stacks' state, images and keys together, without asking",
}


def main(arguments: list[str]) -> int:
    """Runs the command of the command line and returns the exit code; a user's mistake is one sentence on stderr."""
    parser = argparse.ArgumentParser(
        prog="slipway sandbox", description="AWS on this machine, for the real `pulumi up`."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command, help_text in COMMANDS.items():
        subparser = commands.add_parser(command.__name__, help=help_text, description=help_text)
        subparser.set_defaults(command=command)
        if command is status:
            subparser.add_argument("--json", action="store_true", help="print it as JSON")
    options = parser.parse_args(arguments)
    try:
        options.command(locate(), options)
        sys.stdout.flush()
    except BrokenPipeError:  # `status | head -1`: nobody reads on, and the interpreter must not try again when it ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except SandboxError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
