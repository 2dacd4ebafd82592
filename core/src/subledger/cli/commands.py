"""The commands: where each is, and the sentence about it; a module is imported when it is run."""

from typing import Any, Final

from attrs import field, frozen


@frozen
class Command:
    """A command: ``target`` is ``module:function``; ``more`` are further settings of its app."""

    target: str
    help: str
    more: dict[str, Any] = field(factory=dict)


COMMANDS: Final[dict[str, Command]] = {
    "demo": Command(
        "subledger.cli.demo:demo", "Show a year of records arriving in simulated books."
    ),
    "init": Command("subledger.cli.init:init", "Write a configuration file to start from."),
    "check": Command("subledger.cli.check:check", "Check the configuration."),
    "connectors": Command(
        "subledger.cli.connectors:connectors", "Show what is installed, and what it can do."
    ),
    "plan": Command("subledger.cli.plan:plan", "Preview what would be posted; writes nothing."),
    "sync": Command(
        "subledger.cli.sync:sync", "Read the sources now, plan documents and deliver them."
    ),
    "serve": Command("subledger.cli.serve:serve", "Serve the Web Connector and the schedule."),
    "status": Command("subledger.cli.status:status", "Show what runs, what waits, and the proof."),
    "findings": Command(
        "subledger.cli.findings:findings", "List what needs a person; retry, skip or link."
    ),
    "approve": Command("subledger.cli.control:approve", "Let reviewed documents go."),
    "undo": Command(
        "subledger.cli.undo:undo", "Take out of the books again what a flow put there."
    ),
    "reconcile": Command(
        "subledger.cli.reconcile:reconcile", "Compare the books with what was posted."
    ),
    "pause": Command("subledger.cli.control:pause", "Stop a flow from running by schedule."),
    "resume": Command(
        "subledger.cli.control:resume", "Let a flow run or a connection write again."
    ),
    "qwc": Command("subledger.cli.qwc:qwc", "Write the .qwc file, or make its password."),
    "connect": Command("subledger.cli.connect:connect", "Authorise a connection in a browser."),
    "new": Command("subledger.cli.new:new", "Write a package for a connector or plugin of yours."),
    "doctor": Command("subledger.cli.doctor:doctor", "Look for what is wrong with the set-up."),
    "simulate": Command(
        "subledger.cli.simulate:simulate",
        "Run a simulated outside system.",
        {"help_flags": (), "version_flags": ()},
    ),
}
"""By name, in the order in which help shows them."""
