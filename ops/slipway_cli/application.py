"""The commands of this distribution, and the list of all commands: `slipway --help`."""

import dataclasses
import json
from typing import Annotated

import typer

from slipway_cli import commands, stack
from slipway_cli.aws import aws_errors
from slipway_cli.errors import CommandError

app = typer.Typer(
    help="Operate a deployed stack: look at it, test that messages arrive, and bring back those that were set aside.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
StackName = Annotated[str | None, typer.Option("--stack", help="Name of the stack. Default: the selected one.")]


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code. Raises CommandError."""
    if not arguments or arguments[0].startswith("-"):
        for command in commands.found().values():
            _list(command)
    try:
        app(arguments, prog_name="slipway")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    return 0


def _list(command: commands.Command) -> None:
    """Add a command of another distribution to the help text."""
    from rich.markup import escape  # noqa: PLC0415 - 0.1 s, which the commands below do not need

    try:
        line = command.help_line()
    except CommandError as error:
        line = str(error)

    def call(context: typer.Context) -> None:
        raise typer.Exit(command.run(context.args))

    settings = {"allow_extra_args": True, "ignore_unknown_options": True}
    panel = f"Commands of {' and '.join(command.distributions)}"
    app.command(
        command.name, help=escape(line), rich_help_panel=panel, add_help_option=False, context_settings=settings
    )(call)


@app.command()
def status(
    stack_name: StackName = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Show services, deployments, targets and queues. Exit code 1: something is unhealthy; 2: it cannot be looked at.

    Reads the outputs clusterName and serviceNames, queueUrls and deadLetterQueueUrls: those that the stack has.
    """
    # Only this command needs rich, which takes 0.1 s.
    from rich.console import Console  # noqa: PLC0415

    from slipway_cli.status import look  # noqa: PLC0415
    from slipway_cli.tables import show  # noqa: PLC0415

    outputs = stack.read(stack_name)
    if not outputs.service_names and not outputs.queue_urls:
        raise CommandError("status: the stack has neither an output serviceNames nor queueUrls; export one of them")
    with aws_errors():
        report = look(outputs)
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(report), indent=2))
    else:
        show(report, Console())
    if report.problems:
        raise typer.Exit(1)


@app.command()
def redrive(
    queue: Annotated[str, typer.Argument(help="Key of the queue in the output queueUrls, such as billing.")],
    stack_name: StackName = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Most messages to move. Default: all of them.")] = None,
) -> None:
    """Send the messages of a queue's dead-letter queue to the queue again.

    Reads the outputs queueUrls and deadLetterQueueUrls.
    """
    from slipway_cli import redrive as redriving  # noqa: PLC0415 - only this command needs it

    outputs = stack.read(stack_name, needs=["queueUrls", "deadLetterQueueUrls"])
    with aws_errors():
        redriven = redriving.redrive(outputs, queue, limit)
    count = "1 message" if redriven.moved == 1 else f"{redriven.moved} messages"
    typer.echo(f"Sent {count} to queue {queue!r} again; {redriven.left} left in its dead-letter queue")


@app.command()
def rollback(
    service: Annotated[str, typer.Argument(help="Name of the service, with or without its suffix, such as api.")],
    stack_name: StackName = None,
) -> None:
    """Undo a deployment under way; without one, deploy the version before, and once more the one before that.

    Reads the outputs clusterName and serviceNames.
    """
    import boto3  # noqa: PLC0415 - 0.2 s, which `--help` does not need

    from slipway_cli import rollback as rolling  # noqa: PLC0415

    outputs = stack.read(stack_name, needs=["clusterName", "serviceNames"])
    with aws_errors():
        done = rolling.rollback(boto3.client("ecs"), outputs, service)
    to = f"from {done.before} to {done.now}" if done.now else f"from the deployment of {done.before} to what ran before"
    typer.echo(f"Service {done.service!r} goes {to}; `pulumi up` stays red until the program asks for what runs")


@app.command("run")
def run_task(
    name: Annotated[str, typer.Argument(help="Name of the FargateService, QueueWorker or Job in the program.")],
    command: Annotated[
        list[str] | None, typer.Argument(help="Command after `--`. Default: a job's own; a service needs one.")
    ] = None,
    stack_name: StackName = None,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds to wait for the end; the task goes on.")] = 3600,
) -> None:
    """Run a command as a task with the settings of a service or a job, show its log, and end with its exit code.

    Exit code 124: it did not end in time; 125: it did not start, or ended without an exit code; 130: Ctrl-C.
    """
    from slipway_cli.running.command import run_by_hand  # noqa: PLC0415 - only this command needs it

    raise typer.Exit(run_by_hand(stack_name, name, command or [], timeout))


@app.command()
def smoke(
    stack_name: StackName = None,
    topic: Annotated[
        list[str] | None, typer.Option(help="ARN of a further topic that feeds the stack's queues; may be repeated.")
    ] = None,
    receive: Annotated[
        list[str] | None,
        typer.Option(help="Key of a queue that nobody reads: receive the probe here; may be repeated."),
    ] = None,
    reach_others: Annotated[
        bool,
        typer.Option("--reach-others", help="Publish also where subscribers outside of the stack get the probe."),
    ] = False,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds to wait for the probes.")] = 60,
) -> None:
    """Publish a probe through each topic and wait for it at each queue. Exit code 1: one did not arrive.

    Reads the outputs queueUrls and topicArn; and clusterName, serviceNames and deadLetterQueueUrls where they are.
    """
    import boto3  # noqa: PLC0415 - as above

    from slipway_cli.delivery.consumers import Consumer, consumers  # noqa: PLC0415
    from slipway_cli.delivery.smoke import Smoke  # noqa: PLC0415

    outputs = stack.read(stack_name, needs=["queueUrls"])
    outputs = dataclasses.replace(outputs, topic_arns=[*outputs.topic_arns, *(topic or [])])
    with aws_errors():
        ecs = boto3.client("ecs")

        def present() -> list[Consumer]:
            return list(consumers(ecs, outputs.cluster_name, outputs.service_names))

        results = Smoke(outputs, present, receive or (), reach_others=reach_others).run(timeout)
    for result in results:
        state = "proved" if result.proved else "FAILED"
        typer.echo(f"{state}  {result.topic} -> {result.queue}: {result.sentence}")
    if not results or not all(result.proved for result in results):
        raise typer.Exit(1)
