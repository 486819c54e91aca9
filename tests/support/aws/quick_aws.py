"""The AWS CLI without its start: a process with all of it imported, which forks for each command line.

`serve SOCKET SERVICE...` runs in the Python that has awscli, with the models of the services read; its environment is that
of every command. `call SOCKET ARGUMENT...` stands in for `aws`: same folder, same files, same exit code.
"""

import importlib
import json
import os
import signal
import socket
import sys
import time

BYTES = 1 << 20  # of a command line; each is one message
LOOK_SECONDS = 0.1


def serve(path: str, services: list[str]) -> None:
    """Answer until a signal ends the process."""
    driver = importlib.import_module("awscli.clidriver").create_clidriver()
    for name in services:
        driver.session.get_service_model(name)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a child; its caller does
    while True:
        caller, _ = listener.accept()
        if os.fork() == 0:
            _command(driver, caller)
        caller.close()


def _command(driver: object, caller: socket.socket) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    message, files, _, _ = socket.recv_fds(caller, BYTES, 3)
    asked = json.loads(message)
    for number, file in enumerate(files):
        os.dup2(file, number)
    os.chdir(asked["folder"])
    code = 1
    try:
        code = driver.main(asked["arguments"])  # type: ignore[attr-defined]
    except SystemExit as end:  # of the parser, for a wrong argument
        code = end.code if isinstance(end.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        caller.sendall(str(code).encode())
        os._exit(0)


def call(path: str, arguments: list[str]) -> int:
    """Exit code of a command. Waits until the process that serves is there; an error of the command is on stderr."""
    server = socket.socket(socket.AF_UNIX)
    while server.connect_ex(path) != 0:
        time.sleep(LOOK_SECONDS)
    message = json.dumps({"arguments": arguments, "folder": os.getcwd()}).encode()  # noqa: PTH109 - no import for one call
    socket.send_fds(server, [message], [0, 1, 2])
    return int(server.recv(BYTES) or 1)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2], sys.argv[3:])
    sys.exit(call(sys.argv[2], sys.argv[3:]))
