"""Calls that only the official language host answers: each is refused with the name of the program that can.

Source: https://github.com/pulumi/pulumi/blob/master/proto/pulumi/language.proto
"""

# ruff: noqa: ARG002, N802 - names and signatures are the protocol's

import grpc

from .protocol import language, services

NEEDS_OFFICIAL = "the Python language host of Slipway cannot {}; install the official Pulumi CLI (https://www.pulumi.com/docs/install) for that"


class OfficialOnly(services.LanguageRuntimeServicer):
    """Refuses what needs the generator of SDKs, which is written in Go."""

    def GeneratePackage(
        self, request: language.GeneratePackageRequest, context: grpc.ServicerContext
    ) -> language.GeneratePackageResponse:
        """Refused: the generator of SDKs is part of the official host."""
        context.abort(grpc.StatusCode.UNIMPLEMENTED, NEEDS_OFFICIAL.format("generate an SDK"))

    def GenerateProgram(
        self, request: language.GenerateProgramRequest, context: grpc.ServicerContext
    ) -> language.GenerateProgramResponse:
        """Refused, as GeneratePackage."""
        context.abort(grpc.StatusCode.UNIMPLEMENTED, NEEDS_OFFICIAL.format("write a program"))

    def GenerateProject(
        self, request: language.GenerateProjectRequest, context: grpc.ServicerContext
    ) -> language.GenerateProjectResponse:
        """Refused, as GeneratePackage."""
        context.abort(grpc.StatusCode.UNIMPLEMENTED, NEEDS_OFFICIAL.format("write a project"))

    def Pack(self, request: language.PackRequest, context: grpc.ServicerContext) -> language.PackResponse:
        """Refused: only the release of an SDK needs it."""
        context.abort(grpc.StatusCode.UNIMPLEMENTED, NEEDS_OFFICIAL.format("pack an SDK"))

    def Link(self, request: language.LinkRequest, context: grpc.ServicerContext) -> language.LinkResponse:
        """Refused: there is no generated SDK to link."""
        context.abort(grpc.StatusCode.UNIMPLEMENTED, NEEDS_OFFICIAL.format("link an SDK"))
