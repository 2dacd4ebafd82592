"""`subledger approve`, `pause` and `resume`: a person's word on flows and connections."""

import asyncio
import getpass

from subledger.cli.context import open_settings
from subledger.cli.exits import Exit
from subledger.cli.opening import flows_named, open_kernel
from subledger.cli.options import ConfigOptions
from subledger.cli.output import counted, show
from subledger.config import Settings
from subledger.errors import ConfigError, Problem
from subledger.flow import waysout


def approve(flow: str, /, *, options: ConfigOptions = ConfigOptions()) -> int:  # noqa: B008 - frozen
    """Let the planned documents of a flow go to the books.

    Parameters
    ----------
    flow
        The flow whose documents were reviewed with `subledger plan`.
    """
    settings = open_settings(options)
    (name,) = flows_named(settings, (flow,))

    async def work() -> int:
        async with open_kernel(settings) as kernel:
            who = getpass.getuser()
            return await kernel.store.tx(waysout.approve, name, kernel.now_ms(), who)

    count = asyncio.run(work())
    show(
        {"flow": name, "approved": count},
        lambda out: out.print(_let_go(settings, name, count)),
        as_json=options.json,
    )
    return Exit.OK


def _let_go(settings: Settings, flow: str, count: int) -> str:
    if not count:
        return f"No document of {flow} waits for approval."
    sink = settings.connections[settings.flows[flow].sink].sink
    when = (
        "in the Web Connector's next session"
        if sink is not None and sink.peer is not None
        else "within a minute where `subledger serve` runs, else with `subledger sync`"
    )
    return f"{counted(count, 'document')} of {flow} may go to the books: {when}."


def pause(name: str, /, *, options: ConfigOptions = ConfigOptions()) -> int:  # noqa: B008 - frozen
    """Stop a flow from running by schedule; what is under way ends first.

    Parameters
    ----------
    name
        The flow.
    """
    return _set(name, options, paused=True)


def resume(name: str, /, *, options: ConfigOptions = ConfigOptions()) -> int:  # noqa: B008 - frozen
    """Let a paused flow run again, or a paused connection write again.

    Parameters
    ----------
    name
        The flow or connection.
    """
    return _set(name, options, paused=False)


def _set(name: str, options: ConfigOptions, *, paused: bool) -> int:
    settings = open_settings(options)
    if name not in settings.flows and (paused or name not in settings.connections):
        raise ConfigError([_unknown(settings, name, paused=paused)])

    async def work() -> None:
        async with open_kernel(settings) as kernel:
            now, who = kernel.now_ms(), getpass.getuser()
            if name in settings.flows:
                await kernel.store.tx(waysout.pause_flow, name, now, who, paused=paused)
            if not paused and name in settings.connections:
                await kernel.store.tx(waysout.resume_connection, name, now, who)

    asyncio.run(work())
    word = "paused" if paused else "resumed"
    show(
        {"name": name, "state": word},
        lambda out: out.print(f"{name} is {word}."),
        as_json=options.json,
    )
    return Exit.OK


def _unknown(settings: Settings, name: str, *, paused: bool) -> Problem:
    """What is wrong with a name: only flows are paused by hand, connections are resumed too."""
    known = [*settings.flows] if paused else [*{**settings.flows, **settings.connections}]
    what = "flow" if paused else "flow or connection"
    if paused and name in settings.connections:
        what = "flow; connections are not paused by hand"
    hint = f"Known: {', '.join(known) or 'none'}."
    return Problem(path=name, message=f"there is no such {what}", hint=hint)
