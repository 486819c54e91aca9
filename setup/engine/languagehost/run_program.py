"""Runs one Pulumi program. Executed by the program's own interpreter, so it imports that interpreter's pulumi.

usage: python run_program.py SETTINGS ENTRY_POINT [ARGUMENT ...]
  SETTINGS     JSON object: the arguments of pulumi.runtime.Settings
  ENTRY_POINT  path of the program's file or directory

The SDK reads the configuration from PULUMI_CONFIG and PULUMI_CONFIG_SECRET_KEYS. Exit codes: 0 done, 32 failed and the
reason was shown, 130 interrupted; a program's own sys.exit keeps its code.

The garbage collector and the SDK's debug lines keep their defaults: programs run here and under the official language
host alike, so a program's optimisations belong into the program.
"""

import asyncio
import json
import logging
import os
import runpy
import signal
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import NoReturn

ALREADY_REPORTED = 32
INTERRUPTED = 130
# The engine's answer to every open call after it has shown why an update fails, such as a component's refusal.
# Source: https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/resource/deploy/source_eval.go
ENGINE_HAS_STOPPED = "resource monitor shut down"
THREADS_PER_PARALLEL = 4  # as in the official host: each registration waits in a thread

try:
    import pulumi
    import pulumi.runtime
except ImportError:
    traceback.print_exc()
    print(
        f"The Pulumi SDK is not installed for {sys.executable}; run `pulumi install`, or install the requirements there.",
        file=sys.stderr,
    )
    sys.exit(1)


def machinery(frame: traceback.FrameSummary) -> bool:
    """True for a frame of this runner, of runpy, of asyncio or of the SDK's own loop."""
    places = (__file__, os.path.dirname(asyncio.__file__), os.path.dirname(pulumi.__file__), runpy.__file__)  # noqa: PTH120
    return frame.filename.startswith(("<frozen", *places))


def user_traceback(error: BaseException) -> str:
    """The traceback from the user's first frame on; whole where no frame is the user's."""
    formatted = traceback.TracebackException.from_exception(error)
    pending: list[traceback.TracebackException | None] = [formatted]
    while pending:
        link = pending.pop()
        if link is None:
            continue
        first = next((index for index, frame in enumerate(link.stack) if not machinery(frame)), None)
        if first is not None:
            del link.stack[:first]
        elif link.exc_type is not None and issubclass(link.exc_type, SyntaxError):
            link.stack.clear()
        pending += [link.__cause__, link.__context__, *(getattr(link, "exceptions", None) or ())]
    return "".join(formatted.format())


def main(settings_json: str, program: str, arguments: list[str]) -> int:
    """Runs `program` to its end and returns the exit code."""
    pulumi.runtime.set_all_config(pulumi.runtime.get_config_env(), pulumi.runtime.get_config_secret_keys_env())
    settings = pulumi.runtime.Settings(**json.loads(settings_json))
    pulumi.runtime.configure(settings)
    path = os.path.abspath(program)  # noqa: PTH100
    sys.argv = [program, *arguments]
    # Python put this runner's directory first; the program's belongs there.
    sys.path[0] = path if os.path.isdir(path) else os.path.dirname(path)  # noqa: PTH112, PTH120
    if os.path.isdir(path) and not os.path.exists(os.path.join(path, "__main__.py")):  # noqa: PTH110, PTH112, PTH118
        pulumi.log.error(
            f"there is no __main__.py in {path}; write one, or name the program's file as `main` in Pulumi.yaml"
        )
        return ALREADY_REPORTED

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    executor = ThreadPoolExecutor(max_workers=max(settings.parallel or 1, 1) * THREADS_PER_PARALLEL)
    loop.set_default_executor(executor)
    # A failing program leaves outputs that nobody awaits any more; asyncio's complaints about them would bury its error.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(lambda: run(program)))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return ALREADY_REPORTED
    except KeyboardInterrupt:
        leave()
    except Exception as error:  # noqa: BLE001 - whatever a program raises is reported here
        if str(error) == ENGINE_HAS_STOPPED:
            return ALREADY_REPORTED
        pulumi.log.error("Program failed with an unhandled exception:\n" + user_traceback(error))
        return ALREADY_REPORTED
    finally:
        try:
            executor.shutdown(wait=True)
        except KeyboardInterrupt:  # the engine has stopped, and open calls get no answer
            leave()
        loop.close()
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def run(program: str) -> None:
    """The program, as `python <program>` would run it."""
    try:
        runpy.run_path(program, run_name="__main__")
    except KeyboardInterrupt:
        leave()


def leave() -> NoReturn:
    """End an interrupted program after its own clean-up; does not wait for the engine's answers to open calls."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second interrupt must not print a traceback
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
