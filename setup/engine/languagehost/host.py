"""The language host: answers the engine's calls about Python.

Source: https://github.com/pulumi/pulumi/blob/master/proto/pulumi/language.proto
"""

# ruff: noqa: ARG002, N802 - names and signatures are the protocol's

import json
import os
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator, Mapping
from functools import wraps
from pathlib import Path
from typing import TypeVar

import grpc
from google.protobuf import empty_pb2

from . import dependencies, installing, plugins, policyproxy, processes
from .official import NEEDS_OFFICIAL, OfficialOnly
from .protocol import language, plugin
from .toolchain import Project, ToolchainError, read_project

VERSION = "3.259.0"  # of the pulumi release whose behaviour this host follows
ALREADY_REPORTED = 32  # a program's exit code for "the user has been told why"

Request = TypeVar("Request")
Answer = TypeVar("Answer")
Method = Callable[["LanguageHost", Request, grpc.ServicerContext], Answer]


def told(method: "Method[Request, Answer]") -> "Method[Request, Answer]":
    """Turn a ToolchainError into the call's status; the CLI prints it unchanged."""

    @wraps(method)
    def answer(self: "LanguageHost", request: Request, context: grpc.ServicerContext) -> Answer:
        try:
            return method(self, request, context)
        except ToolchainError as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))

    return answer


def told_in_stream(method: "Method[Request, Iterator[Answer]]") -> "Method[Request, Iterator[Answer]]":
    """The same for a call with a stream as its answer."""

    @wraps(method)
    def answers(self: "LanguageHost", request: Request, context: grpc.ServicerContext) -> Iterator[Answer]:
        try:
            yield from method(self, request, context)
        except ToolchainError as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))

    return answers


class LanguageHost(OfficialOnly):
    """One per `pulumi` command; serves every Python program, policy pack and plugin of the command."""

    def __init__(self, engine_address: str) -> None:
        self.engine_address = engine_address
        self.processes = processes.Processes()

    def Handshake(
        self, request: language.LanguageHandshakeRequest, context: grpc.ServicerContext
    ) -> language.LanguageHandshakeResponse:
        """Take the engine's address, for a host started by hand (PULUMI_DEBUG_LANGUAGES)."""
        self.engine_address = request.engine_address
        return language.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin.PluginInfo:
        """The host's version."""
        return plugin.PluginInfo(version=VERSION)

    @told
    def GetRequiredPackages(
        self, request: language.GetRequiredPackagesRequest, context: grpc.ServicerContext
    ) -> language.GetRequiredPackagesResponse:
        """The provider plugins of the program's packages."""
        return language.GetRequiredPackagesResponse(packages=dependencies.required_packages(read_project(request.info)))

    @told
    def GetProgramDependencies(
        self, request: language.GetProgramDependenciesRequest, context: grpc.ServicerContext
    ) -> language.GetProgramDependenciesResponse:
        """The program's packages, for `pulumi about`."""
        packages = dependencies.program_dependencies(
            read_project(request.info), transitive=request.transitiveDependencies
        )
        return language.GetProgramDependenciesResponse(dependencies=packages)

    @told
    def About(self, request: language.AboutRequest, context: grpc.ServicerContext) -> language.AboutResponse:
        """The programs' interpreter, for `pulumi about`."""
        project = read_project(request.info)
        script = "import platform, sys; print(sys.executable, platform.python_version(), sep='\\n')"
        done = subprocess.run([project.python, "-c", script], capture_output=True, text=True, check=True)
        executable, version = done.stdout.splitlines()
        metadata = {"toolchain": project.toolchain, "typechecker": project.typechecker or "none"}
        return language.AboutResponse(executable=executable, version=version, metadata=metadata)

    @told_in_stream
    def InstallDependencies(
        self, request: language.InstallDependenciesRequest, context: grpc.ServicerContext
    ) -> Iterator[language.InstallDependenciesResponse]:
        """Make the virtual environment and install the project's requirements, its output streamed."""
        project = read_project(request.info, is_plugin=request.is_plugin)
        environment = project.environment(os.environ)
        if project.toolchain == "uv":
            environment["UV_PROJECT_ENVIRONMENT"] = str(project.virtualenv)
        for command in installing.commands(project, is_plugin=request.is_plugin):
            code = yield from self._stream(
                context, language.InstallDependenciesResponse, command, project.directory, environment
            )
            if code != 0:
                raise ToolchainError(f"`{' '.join(command)}` in {project.directory} failed with exit code {code}")

    @told
    def Run(self, request: language.RunRequest, context: grpc.ServicerContext) -> language.RunResponse:
        """Runs the program to its end. Its output goes where the host's goes: the CLI shows it."""
        if request.attach_debugger:
            return language.RunResponse(error=NEEDS_OFFICIAL.format("attach a debugger"))
        project = read_project(request.info)
        self._typecheck(project)
        settings = {
            "monitor": request.monitor_address,
            "engine": self.engine_address,
            "project": request.project,
            "stack": request.stack,
            "parallel": request.parallel,
            "dry_run": request.dryRun,
            "organization": request.organization,
            "root_directory": request.info.root_directory,
        }
        runner = str(Path(__file__).with_name("run_program.py"))
        command = [project.python, runner, json.dumps(settings), request.info.entry_point, *request.args]
        environment = project.environment(os.environ)
        environment["PULUMI_CONFIG"] = json.dumps(dict(request.config))
        environment["PULUMI_CONFIG_SECRET_KEYS"] = json.dumps(list(request.configSecretKeys))
        process = self.processes.start(command, cwd=request.pwd, env=environment)
        context.add_callback(lambda: processes.stop(process))
        code = process.wait()
        self.processes.finished(process)
        if code in (0, ALREADY_REPORTED):
            return language.RunResponse(bail=code == ALREADY_REPORTED)
        how = f"ended by signal {-code}" if code < 0 else f"exited with non-zero exit code: {code}"
        return language.RunResponse(error=f"program {how}")

    def _typecheck(self, project: Project) -> None:
        if not project.typechecker:
            return
        command = [project.python, "-m", project.typechecker, str(project.directory)]
        done = subprocess.run(
            command, cwd=project.directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        sys.stdout.write(done.stdout)
        sys.stdout.flush()
        if done.returncode != 0:
            raise ToolchainError(f"{project.typechecker} failed:\n{done.stdout}")

    @told_in_stream
    def RunPlugin(
        self, request: language.RunPluginRequest, context: grpc.ServicerContext
    ) -> Iterator[language.RunPluginResponse]:
        """Runs a policy pack or a plugin and streams its output; the last message is its exit code."""
        if request.attach_debugger:
            raise ToolchainError(NEEDS_OFFICIAL.format("attach a debugger"))
        is_policy_pack = request.kind == plugins.ANALYZER
        project = read_project(request.info, is_plugin=not is_policy_pack)
        environment = dict(entry.split("=", 1) for entry in request.env)
        environment = project.environment(environment or os.environ)
        command = plugins.command(project, request.kind, list(request.args))
        if is_policy_pack:
            code = yield from self._run_policy_pack(context, command, project.directory, environment)
        else:
            code = yield from self._stream(context, language.RunPluginResponse, command, request.pwd, environment)
        yield language.RunPluginResponse(exitcode=code)

    def _run_policy_pack(
        self, context: grpc.ServicerContext, command: list[str], directory: Path, environment: dict[str, str]
    ) -> Generator[language.RunPluginResponse, None, int]:
        proxy = policyproxy.PolicyProxy()
        context.add_callback(lambda: proxy.close("the policy pack was stopped"))
        yield language.RunPluginResponse(stdout=f"{proxy.port}\n".encode())
        environment |= proxy.environment()
        messages = self._stream(context, language.RunPluginResponse, command, directory, environment)
        started = b""
        while b"\n" not in started:
            try:
                message = next(messages)
            except StopIteration as end:
                proxy.close(f"the policy pack in {directory} ended before it listened; its error is above")
                return int(end.value)
            if message.stderr:
                yield message
            started += message.stdout
        line, _, rest = started.partition(b"\n")
        if not line.strip().isdigit():
            why = f"the policy pack in {directory} wrote {line.decode()!r} to stdout before its port; print to stderr"
            proxy.close(why)
            raise ToolchainError(why)
        proxy.attach(int(line))
        if rest:
            yield language.RunPluginResponse(stdout=rest)
        return (yield from messages)

    def _stream(
        self,
        context: grpc.ServicerContext,
        message: Callable[..., Answer],
        command: list[str],
        cwd: str | Path,
        env: Mapping[str, str],
    ) -> Generator[Answer, None, int]:
        """Run a command until it ends or the call is cancelled; yields its output as messages, returns its exit code."""
        process = self.processes.start(command, cwd, env, piped=True)
        context.add_callback(lambda: processes.stop(process))
        for stream, data in processes.output(process):
            yield message(**{stream: data})
        code = process.wait()
        self.processes.finished(process)
        return code

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Interrupts whatever runs."""
        self.processes.stop_all()
        return empty_pb2.Empty()
