"""Status as tables for a terminal."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from slipway_cli.status import Queue, Service, Status


def show(status: Status, console: Console) -> None:
    """Print a table of services, one of queues, and the problems."""
    services = Table(title="Services", title_justify="left")
    for heading in ("service", "tasks", "deployment", "targets", "last events"):
        services.add_column(heading, overflow="fold")
    for service in status.services:
        services.add_row(*_service(service), end_section=True)
    queues = Table(title="Queues, in messages", title_justify="left")
    queues.add_column("queue")
    for heading in ("visible", "in flight", "delayed", "dead-lettered"):
        queues.add_column(heading, justify="right")
    for queue in status.queues:
        queues.add_row(*_queue(queue))
    console.print(services, queues)
    for problem in status.problems:
        console.print(Text(f"unhealthy: {problem}", style="red"))
    if not status.problems:
        console.print(Text("All services and queues are healthy", style="green"))


def _service(service: Service) -> list[Text]:
    targets = ", ".join(f"{count} {state}" for state, count in sorted(service.targets.items()))
    return [
        Text(service.name),
        Text(f"{service.running}/{service.desired}", style="" if service.running >= service.desired else "red"),
        Text(service.rollout or service.status, style="red" if service.rollout == "FAILED" else ""),
        Text(targets or ("none" if service.balanced else "-")),
        Text("\n".join(event.removeprefix(f"(service {service.name}) ") for event in service.events) or "-"),
    ]


def _queue(queue: Queue) -> list[Text]:
    aside = "-" if queue.dead_lettered is None else str(queue.dead_lettered)
    counts = [str(count) for count in (queue.visible, queue.in_flight, queue.delayed)]
    return [Text(queue.name), *map(Text, counts), Text(aside, style="red" if queue.dead_lettered else "")]
