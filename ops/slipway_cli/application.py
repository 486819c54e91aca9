"""Command line of the operators' room: `slipway status`, `smoke`, `redrive <queue>`, `rollback <service>`."""

from typing import Annotated

import typer

from slipway_cli.errors import OpsError, aws_errors

app = typer.Typer(
    help="Operate a deployed stack: look at it, test that messages arrive, and bring back those that were set aside.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
Stack = Annotated[str | None, typer.Option(help="Stack to look at; the selected one by default.")]


@app.command()
def status(
    stack: Stack = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Show services, deployments, targets and queues. Exit code 1 when something is unhealthy, 2 when it cannot look."""
    # Only this command needs these, and rich alone takes 0.1 s.
    import dataclasses  # noqa: PLC0415
    import json  # noqa: PLC0415

    from slipway_cli import stack as stacks  # noqa: PLC0415
    from slipway_cli.status import look  # noqa: PLC0415

    outputs = stacks.read(stack)
    with aws_errors():
        seen = look(outputs)
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(seen), indent=2))
    else:
        from rich.console import Console  # noqa: PLC0415

        from slipway_cli.tables import show  # noqa: PLC0415

        show(seen, Console())
    if seen.problems:
        raise typer.Exit(1)


@app.command()
def redrive(
    queue: Annotated[str, typer.Argument(help="Key of the queue, as in the output queueUrls, such as billing.")],
    stack: Stack = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Most messages to move; all that lie there by default.")
    ] = None,
) -> None:
    """Send the messages of a queue's dead-letter queue to the queue again."""
    from slipway_cli import redrive as redriver  # noqa: PLC0415 - as above
    from slipway_cli import stack as stacks  # noqa: PLC0415

    outputs = stacks.read(stack)
    with aws_errors():
        done = redriver.redrive(outputs, queue, limit)
    count = "1 message" if done.moved == 1 else f"{done.moved} messages"
    typer.echo(f"Sent {count} to queue {queue!r} again; {done.left} left in its dead-letter queue")


@app.command()
def rollback(
    service: Annotated[str, typer.Argument(help="Name of the service, with or without its suffix, such as api.")],
    stack: Stack = None,
) -> None:
    """Stop a deployment under way and undo it; else deploy what the service ran before."""
    import boto3  # noqa: PLC0415 - as above

    from slipway_cli import rollback as undoer  # noqa: PLC0415
    from slipway_cli import stack as stacks  # noqa: PLC0415

    outputs = stacks.read(stack)
    with aws_errors():
        done = undoer.rollback(boto3.client("ecs"), outputs, service)
    to = f"from {done.before} to {done.now}" if done.now else f"from the deployment of {done.before} to what ran before"
    typer.echo(f"Service {done.service!r} goes {to}; `pulumi up` stays red until the program asks for what runs")


@app.command()
def smoke(
    stack: Stack = None,
    topic: Annotated[
        list[str] | None, typer.Option(help="ARN of a further topic that feeds the stack's queues; may be repeated.")
    ] = None,
    receive: Annotated[
        list[str] | None,
        typer.Option(help="Key of a queue that nobody reads: receive the probe here; may be repeated."),
    ] = None,
    reach_others: Annotated[
        bool, typer.Option("--reach-others", help="Publish also where others than the stack's consumers get the probe.")
    ] = False,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds to wait for the probes.")] = 60,
) -> None:
    """Publish a probe through each topic and wait for it at each queue. Exit code 1 when one was not proved."""
    import dataclasses  # noqa: PLC0415 - as above

    import boto3  # noqa: PLC0415

    from slipway_cli import stack as stacks  # noqa: PLC0415
    from slipway_cli.consumers import consumers  # noqa: PLC0415
    from slipway_cli.smoke import Smoke  # noqa: PLC0415

    outputs = stacks.read(stack, services=False)
    outputs = dataclasses.replace(outputs, topic_arns=[*outputs.topic_arns, *(topic or [])])
    with aws_errors():
        running = list(consumers(boto3.client("ecs"), outputs.cluster_name, outputs.service_names))
        results = Smoke(outputs, running, receive or (), reach_others=reach_others).run(timeout)
    for one in results:
        typer.echo(f"{'proved' if one.proved else 'FAILED'}  {one.topic} -> {one.queue}: {one.sentence}")
    if not results or not all(one.proved for one in results):
        raise typer.Exit(1)


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    try:
        app(arguments, prog_name="slipway")
    except OpsError as error:
        typer.echo(f"error: {error}", err=True)
    return 2
