"""The hook of an ECS service that holds a roll-out back until a command has succeeded, and fails it where it has not.

The engine calls it before it makes the service or changes it. Everything about the task comes from the service's own inputs.
Source: https://www.pulumi.com/docs/iac/concepts/resources/options/hooks/
"""

import asyncio
from functools import partial

import pulumi
from pulumi.runtime import is_dry_run

from slipway.common import Context
from slipway.credentials import WrongAccountError, keys_of, session_in
from slipway.hooks import has_engine, resource_hook

from ._course import Clock, Voice, run_once
from ._ecs_calls import THREADS, EcsCalls, refusal
from ._run_before_args import RunBefore
from ._run_text import shown_command
from ._tasks import Wanted

SESSION_NAME = "slipway-run-before"


def before_roll_out(
    context: Context, plan: RunBefore, container: str, log_group: pulumi.Output[str]
) -> pulumi.ResourceHookBinding | None:
    """Hooks of an ECS service that run the command before each roll-out. `container` is the main one; None under mocks."""
    if not has_engine():
        return None

    async def before(args: pulumi.ResourceHookArgs) -> None:
        inputs = args.new_inputs or {}
        deployed, declared = (args.old_outputs or {}).get("taskDefinition"), inputs.get("taskDefinition")
        if deployed == declared:
            return
        if is_dry_run():
            which = "this roll-out" if deployed else "the first roll-out"
            pulumi.log.info(f"{context.who}: {shown_command(plan.command)} runs before {which}")
            return
        known = await pulumi.Output.from_input(dict(inputs)).future() or {}
        wanted = Wanted(
            who=context.who,
            command=plan.command,
            container=container,
            task_definition_arn=str(known["taskDefinition"]),
            cluster=str(known["cluster"]),
            network=awsvpc(known["networkConfiguration"]),
            has_exec=bool(known.get("enableExecuteCommand")),
            log_group=str(await log_group.future()),
            timeout_seconds=plan.timeout_seconds,
        )
        role_arn = str(await pulumi.Output.from_input(plan.role_arn).future() or "")
        calls = await calls_of(context, wanted, role_arn)
        voice = Voice(pulumi.log.info, partial(pulumi.log.info, ephemeral=True))
        await run_once(wanted, calls, voice, Clock(asyncio.get_running_loop().time, asyncio.sleep))

    hook = resource_hook(f"{context.name}-run-before", before, on_dry_run=True)
    return pulumi.ResourceHookBinding(before_create=[hook], before_update=[hook])


def awsvpc(network: dict[str, object]) -> dict[str, object]:
    """A service's network in the words of RunTask."""
    return {
        "subnets": network["subnets"],
        "securityGroups": network["securityGroups"],
        "assignPublicIp": "ENABLED" if network.get("assignPublicIp") else "DISABLED",
    }


async def calls_of(context: Context, wanted: Wanted, role_arn: str) -> EcsCalls:
    """Calls with credentials of the service's account. Raises RunError without any."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - 0.1 s, only where an update asks

    keys, in_thread = await keys_of(context), asyncio.get_running_loop().run_in_executor
    try:
        session = await in_thread(THREADS, session_in, wanted.account, keys, wanted.region, role_arn, SESSION_NAME)
        return await in_thread(THREADS, EcsCalls, wanted, session)
    except (BotoCoreError, ClientError, WrongAccountError) as error:
        raise pulumi.RunError(refusal(wanted.who, str(error))) from error
