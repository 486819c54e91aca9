"""`slipway sandbox start|stop|status|denied|rights|env|reset|run`. argparse, as `env` runs at every prompt of some shells: 0.06 s."""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

from slipway_sandbox import aws_command, backend, clock
from slipway_sandbox.errors import SandboxError, UsageError
from slipway_sandbox.process import lifecycle, reports, shell
from slipway_sandbox.process.held_files import one_at_a_time
from slipway_sandbox.process.home import Home, Record, locate, users_cache
from slipway_sandbox.process.status import Status

PROGRAM = "slipway sandbox"
SHELLS = (["bash"], ["dash"], ["fish"], ["ksh"], ["sh"], ["zsh"])  # without a script: somebody types


class _Parser(argparse.ArgumentParser):
    """Refuses in one sentence."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; `{self.prog} --help` shows what there is")


def start(home: Home, options: argparse.Namespace) -> None:
    began = time.monotonic()
    speed = None if options.speed is None else clock.speed_of(options.speed, "--speed")
    _mend(home)
    record, started = lifecycle.start(home, speed)
    if not started:
        print(f"The sandbox already runs: {_where(record)}")
        return
    print(f"The sandbox runs after {time.monotonic() - began:.1f} s: {_where(record)}")
    _tell_after_start(home)


def stop(home: Home, _: argparse.Namespace) -> None:
    print("The sandbox has stopped; its cloud is kept" if lifecycle.stop(home) else "The sandbox was not running")


def env(home: Home, options: argparse.Namespace) -> None:
    _mend(home)
    record = reports.running(home)
    if record is None:
        raise SandboxError(f"the sandbox of {home.path} is not running; run `slipway sandbox start`")
    aws_config = _aws_config(home, record, options.who)
    _tell_of_aws()
    print(shell.script(home, record.ports, aws_config))


def reset(home: Home, _: argparse.Namespace) -> None:
    again = lifecycle.reset(home)
    print("Cloud, stacks' state, images and keys are empty" + ("; the sandbox runs on the same ports" if again else ""))


def status(home: Home, options: argparse.Namespace) -> None:
    report = reports.status(home)
    if options.json:
        print(json.dumps(report, indent=2))
        return
    print("\n".join(f"{name:<16} {value}" for name, value in _rows(report)))


def denied(home: Home, options: argparse.Namespace) -> None:
    from slipway_sandbox.identities import report  # noqa: PLC0415 - `env` does not need it

    found = reports.denied(home)
    print(json.dumps(found, indent=2) if options.json else "\n".join(report.lines(found)))


def rights(home: Home, options: argparse.Namespace) -> None:
    from slipway_sandbox.identities.rights import policy  # noqa: PLC0415 - `env` does not need it

    _, actions = reports.rights(home, options.who)
    print(json.dumps(policy(actions), indent=2))


def run(home: Home, options: argparse.Namespace) -> None:
    from slipway_sandbox import machine, pulumi_command  # noqa: PLC0415 - `env` does not need them

    words: list[str] = options.words[1:] if options.words[:1] == ["--"] else options.words
    if not words:
        raise UsageError(f"name the command to run: `{PROGRAM} run -- pulumi up`")
    is_pulumi = os.path.basename(words[0]) == "pulumi"  # noqa: PTH119 - no Path for one word
    program = machine.pulumi() if words[0] == "pulumi" else None
    if words[0] == "pulumi" and program is None:
        raise SandboxError(machine.pulumi_is_missing())
    program = program or shell.program_of(words[0])
    if is_pulumi:
        pulumi_command.require_stack(words, home)
        pulumi_command.wait_for_others(words, home, lambda sentence: print(sentence, file=sys.stderr, flush=True))
    _mend(home)
    record, started = lifecycle.start(home)
    if started:
        print(f"The sandbox runs: {_where(record)}", file=sys.stderr)
        _tell_after_start(home)
    if words[0] == "aws" or words in SHELLS:
        _tell_of_aws()
    shell.become(program, words, shell.environment(home, record.ports, _aws_config(home, record, options.who)))


def _aws_config(home: Home, record: Record, who: str | None) -> Path | None:
    """The AWS configuration of a role or user; None for the administrator."""
    if not who:
        return None
    from slipway_sandbox.process.profiles import profile_of  # noqa: PLC0415 - imports boto3

    return profile_of(home, record.ports, who)


def _where(record: Record) -> str:
    return f"AWS API http://127.0.0.1:{record.ports.moto}, images localhost:{record.ports.registry}"


def _tell_after_start(home: Home) -> None:
    """What the last sandbox lost, and what this machine lacks."""
    from slipway_sandbox import machine  # noqa: PLC0415 - `env` does not need it

    report = reports.status(home)
    if report["lost_changes"]:
        print(
            "It was killed amid changes: what was answered is there, the last messages and log lines may be missing; "
            "run the interrupted command again",
            file=sys.stderr,
        )
    for sentence in ([] if machine.pulumi() else [machine.pulumi_is_missing()]) + report["lacking"]:
        print(f"note: {sentence}", file=sys.stderr)


def _mend(home: Home) -> None:
    if home.path.is_dir():
        with one_at_a_time(home.path):
            for sentence in backend.mend(home.state):
                print(sentence, file=sys.stderr)


def _tell_of_aws() -> None:
    if sentence := aws_command.warning(users_cache() / "aws-command.json"):
        print(f"note: {sentence}", file=sys.stderr)


def _rows(report: Status) -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = [("state", report["state"]), ("directory", report["home"])]
    if report["state"] != "running":
        return rows
    rows += [("process", report["pid"]), ("up for", f"{report['uptime_seconds']} s")]
    if (told := report["clock"])["speed"] != 1 or _is_ahead(told["now"]):
        pace = "ahead of" if told["speed"] == 1 else f"{told['speed']:g} times as fast as"
        rows.append(("clock", f"{told['now']}, {pace} this machine's"))
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


def _is_ahead(moment: str) -> bool:
    return datetime.fromisoformat(moment) - datetime.now(UTC) > timedelta(minutes=1)


COMMANDS: dict[Callable[[Home, argparse.Namespace], None], str] = {
    start: "start it; nothing happens where it runs already",
    stop: "stop it and keep the cloud",
    status: "say whether it runs, on which ports, and what is in it",
    denied: "show the last calls that IAM refused, why, and which statement would let them in",
    rights: "print the policy with the rights that a role or user has needed since the sandbox started",
    env: 'print the commands that attach a shell: eval "$(slipway sandbox env)"',
    run: "run one command attached to it, and start it first where it does not run: slipway sandbox run -- pulumi up",
    reset: "empty cloud, stacks' state, images and keys together, without asking",
}


def main(arguments: list[str]) -> int:
    """AWS on this machine, for the real `pulumi up`: start, stop, status, denied, rights, env, run, reset.

    Returns the exit code; a user's mistake is one sentence on stderr.
    """
    try:
        options = _options(arguments)
        options.command(locate(), options)
        sys.stdout.flush()
    except BrokenPipeError:  # `status | head -1`: nobody reads on, and the interpreter must not try again when it ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except SandboxError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except SystemExit as end:  # argparse has shown the help
        return int(end.code or 0)
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = _Parser(prog=PROGRAM, description="AWS on this machine, for the real `pulumi up`.")
    commands = parser.add_subparsers(metavar="COMMAND")
    for command, help_text in COMMANDS.items():
        subparser = commands.add_parser(command.__name__, help=help_text, description=help_text)
        subparser.set_defaults(command=command)
        if command is start:
            subparser.add_argument(
                "--speed", help="let the clock of its AWS run so many times as fast, from 1 to 60; default: 1"
            )
        if command in (status, denied):
            subparser.add_argument("--json", action="store_true", help="print it as JSON")
        if command in (env, run):
            subparser.add_argument(
                "--as",
                dest="who",
                metavar="ROLE",
                help="be this role or user, by name or ARN; default: an administrator",
            )
        if command is rights:
            subparser.add_argument("who", metavar="ROLE", help="name or ARN of a role or user")
        if command is run:
            subparser.add_argument("words", nargs=argparse.REMAINDER, metavar="-- COMMAND", help="with its arguments")
    names = [command.__name__ for command in COMMANDS]
    if not arguments or (not arguments[0].startswith("-") and arguments[0] not in names):
        raise UsageError(_no_command(arguments[0] if arguments else "", names))
    return parser.parse_args(arguments)


def _no_command(name: str, names: list[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only a mistyped command needs it

    listed = ", ".join(names)
    if not name:
        return f"name a command: {listed}"
    nearest = get_close_matches(name, names, 1)
    return f"there is no command {name!r}; " + (f"did you mean {nearest[0]!r}?" if nearest else f"there are {listed}")
