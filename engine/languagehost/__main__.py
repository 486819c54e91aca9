"""Serves the language host: prints its port, then answers until the engine or an interrupt ends it.

usage: pulumi-language-python [--version | ENGINE_ADDRESS]
"""

import os
import queue
import signal
import socket
import sys
from concurrent.futures import ThreadPoolExecutor

import grpc

from .host import VERSION, LanguageHost
from .protocol import services

THREADS = 128  # each running program or plugin holds one; they are made on demand
CONNECT_SECONDS = 5
NO_LIMIT = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


def main(arguments: list[str]) -> None:
    """Runs the host. Never returns while the engine lives."""
    if arguments and arguments[0].lstrip("-") == "version":
        print(VERSION)
        return
    positional = [argument for argument in arguments if not argument.startswith("-")]
    address = positional[-1] if positional else ""
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
    watching = follow_engine(address, over) if address else None
    over.get()
    host.processes.stop_all()
    if watching:
        watching.close()
    sys.stdout.flush()
    # The engine holds streams open; waiting for them would delay the end of every command.
    os._exit(0)


def follow_engine(address: str, over: queue.SimpleQueue[None]) -> grpc.Channel:
    """Puts into `over` when the engine is gone, even killed: nobody else would tell the host. Watches while the channel lives."""

    def changed(state: grpc.ChannelConnectivity) -> None:
        lost = state in (
            grpc.ChannelConnectivity.IDLE,
            grpc.ChannelConnectivity.TRANSIENT_FAILURE,
            grpc.ChannelConnectivity.SHUTDOWN,
        )
        # A channel also rests when nothing was asked for long; only an engine that refuses a connection is gone.
        if lost and not answers(address):
            over.put(None)

    channel = grpc.insecure_channel(address)
    channel.subscribe(changed, try_to_connect=True)
    return channel


def answers(address: str) -> bool:
    """True when something listens at `address`, a "host:port"."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=CONNECT_SECONDS).close()
    except OSError:
        return False
    return True


if __name__ == "__main__":
    main(sys.argv[1:])
