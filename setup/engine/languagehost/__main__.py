"""Serves the language host: prints its port, then answers until the engine or an interrupt ends it.

usage: pulumi-language-python [--version | ENGINE_ADDRESS]
"""

import os
import queue
import signal
import sys
from concurrent.futures import ThreadPoolExecutor

import grpc

from .host import VERSION, LanguageHost
from .protocol import services

THREADS = 128  # each running program or plugin holds one; they are made on demand
POLL_SECONDS = 0.5
NO_LIMIT = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


def main(arguments: list[str]) -> None:
    """Runs the host. Never returns while the engine lives."""
    if arguments and arguments[0].lstrip("-") == "version":
        print(VERSION)
        return
    positional = [argument for argument in arguments if not argument.startswith("-")]
    address = positional[-1] if positional else ""
    engine = os.getppid()
    # Not an Event: its lock is not for signal handlers, a second signal at the wrong moment would wait for ever.
    over: queue.SimpleQueue[None] = queue.SimpleQueue()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.put(None))
    host = LanguageHost(address)
    server = grpc.server(ThreadPoolExecutor(THREADS), options=NO_LIMIT)
    services.add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    wait_for_end(over, engine)
    host.processes.stop_all()
    sys.stdout.flush()
    # The engine holds streams open; waiting for them would delay the end of every command.
    os._exit(0)


def wait_for_end(over: queue.SimpleQueue[None], engine: int) -> None:
    """Return on a signal, or when the parent process `engine` is gone: a killed engine tells nobody.

    It does not watch a connection to the engine: an idle one can delay the engine's own end by five seconds.
    """
    while os.getppid() == engine:
        try:
            over.get(timeout=POLL_SECONDS)
        except queue.Empty:
            continue
        return


if __name__ == "__main__":
    main(sys.argv[1:])
