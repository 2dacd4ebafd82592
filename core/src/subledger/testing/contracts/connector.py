"""What every connector promises, whichever way its entities go."""

import asyncio
import contextlib
import gc
import io
import logging
import warnings
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final

from subledger.errors import AuthenticationError, ConnectorError, TemporaryError
from subledger.testing import inspection, trials
from subledger.testing.bench import Bench
from subledger.testing.contracts.base import applies, breach
from subledger.testing.contracts.declaration import DeclarationContract
from subledger.testing.interrupting import NEVER, Interruption, cuts
from subledger.testing.outside import Fault, Scenario, Trouble
from subledger.testing.watching import Watch, watching

_AIOHTTP: Final = str(Path("site-packages", "aiohttp"))

Errand = Callable[[Bench], Awaitable[object]]
"""A piece of the connector's work on a bench."""


def opened(type_: Any) -> bool:
    """Whether the kernel opens the connector; a peer is called by the other side."""
    return type_.open is not None


class ConnectorContract(DeclarationContract):
    """The contract of every connector; sources and sinks inherit it.

    ``longest_callback`` is how much CPU time, in seconds, the connector may take before it lets
    others go on; ``cancellations`` how many of its awaits are cancelled, one in each run.
    """

    longest_callback: ClassVar[float] = 0.25
    cancellations: ClassVar[int] = 20

    def errands(self) -> Sequence[Errand]:
        """What the connector does while a test disturbs it."""
        return (self.check,)

    async def check(self, bench: Bench) -> Sequence[str]:
        """Opens the connector and proves its credentials."""
        async with bench.open() as connector:
            return await connector.check()

    async def ready(self, bench: Bench) -> None:
        """Prepares what :meth:`work` needs; what it does is not watched, nor cancelled."""

    async def work(self, bench: Bench) -> list[object]:
        """All errands, one after the other."""
        return [await errand(bench) for errand in self.errands()]

    @applies(opened)
    def test_check_tells_what_a_scenario_promises(self, scenario: Scenario) -> None:
        """check() works, or raises what the scenario says, with what to do."""
        __tracebackhide__ = True
        rig, fault = self.rig(), scenario.fault

        async def checked(bench: Bench) -> Sequence[str]:
            async with bench.open(scenario.settings) as connector:
                return await connector.check()

        expected = scenario.raises
        try:
            said = rig.run(checked, [fault] if fault else [])
        except ConnectorError as error:
            if expected is not None and isinstance(error, expected):
                _useful(error)
                return
            breach(
                f"in {scenario.name!r} check() raised {type(error).__name__}: {error}",
                promise="it works" if expected is None else f"it raises {expected.__name__}",
                hint="map the vendor's answer to the error that says its consequence",
            )
        if expected is not None or isinstance(said, str) or not all(map(_is_sentence, said)):
            breach(
                f"in {scenario.name!r} check() returned {said!r}",
                promise="a list of sentences"
                if expected is None
                else f"it raises {expected.__name__}",
                hint="check() makes a request that needs the credentials",
            )

    @applies(opened)
    def test_trouble_on_the_way_is_temporary(self, trouble: Trouble) -> None:
        """No answer, a broken one or an overloaded server is a TemporaryError, never another."""
        for errand in self.errands():
            error = self._troubled(errand, trouble)
            if error is not None and not isinstance(error, TemporaryError):
                breach(
                    f"with a request that is {trouble}, {errand.__name__} raised "
                    f"{type(error).__name__}: {error}",
                    promise="TemporaryError, so that the kernel tries again later",
                    hint="map 5xx, an unreadable body and the runtime's own TemporaryError to it",
                )

    @applies(opened)
    def test_throttling_tells_how_long_to_wait(self) -> None:
        """Where the vendor asks to slow down, the error carries the seconds that it asked for."""
        for errand in self.errands():
            error = self._troubled(errand, Trouble.THROTTLED)
            if isinstance(error, TemporaryError) and not error.retry_after:
                breach(
                    f"throttled, {errand.__name__} raised TemporaryError without retry_after",
                    promise="the kernel waits as long as the vendor asked",
                    hint="pass the Retry-After header on: TemporaryError(..., retry_after=7.0)",
                )

    def _troubled(self, errand: Errand, trouble: Trouble) -> Exception | None:
        """What an errand raises while all requests are in trouble; None where it makes none."""

        async def troubled(bench: Bench) -> Exception | None:
            try:
                result = await errand(bench)
            except Exception as error:  # noqa: BLE001 - it is judged by the caller
                return error
            if not bench.door.requests:
                return None
            return ConnectorError(f"nothing: it returned {result!r:.80}")

        return self.rig().run(troubled, [Fault(what=trouble, times=None)])

    def test_no_secret_is_shown(self) -> None:
        """No secret is in a log line, an exception, a printed setting or a result, ever."""
        __tracebackhide__ = True
        for trouble in (None, *Trouble):
            faults_ = [Fault(what=trouble, times=None)] if trouble else []
            text, secrets = self.rig().run(self._overheard, faults_)
            for where, line in text.items():
                if any(trials.shown(secret, line) for secret in secrets):
                    breach(
                        f"a secret is in {where}"
                        + (f", with requests that are {trouble}" if trouble else ""),
                        promise="secrets are never printed, logged or raised",
                        hint="keep it in Secret until the request is made; no headers, addresses "
                        "or bodies in messages",
                    )

    async def _overheard(self, bench: Bench) -> tuple[Mapping[str, str], Sequence[str]]:
        """Everything that can be read while the errands are run, by where it stands."""
        config = bench.config()
        secrets = list(trials.secrets_in(config))
        found = {"the printed settings": f"{config!r} {config}"}
        with _captured() as output:
            for errand in self.errands():
                try:
                    found[f"the result of {errand.__name__}"] = repr(await errand(bench))
                except Exception as error:  # noqa: BLE001 - it is judged by the caller
                    found[f"what {errand.__name__} raises"] = trials.told(error)
        grant = bench.vault.kept
        secrets += list(trials.secrets_in(grant)) if grant else []
        found["the log"] = "\n".join([*bench.diary.lines, *bench.diary.failures])
        found["what it prints or logs by itself"] = output()
        return found, secrets

    def test_nothing_blocks_the_loop(self) -> None:
        """While it works, others go on: no blocking call, no long computation on the loop."""
        if blocking := self._watched(calls=True).blocking:
            breach(
                f"on the event loop: {'; '.join(sorted(set(blocking))[:3])}",
                promise="nothing waits but by await: one process serves many connections",
                hint="use the runtime's http and sleep; asyncio.to_thread for files",
            )
        longest = self._watched().longest
        if longest > self.longest_callback:  # once more: the collector of garbage may have worked
            longest = min(longest, self._watched().longest)
        if longest > self.longest_callback:
            breach(
                f"one callback took {longest:.2f} s of CPU time",
                promise=f"others go on after {self.longest_callback} s at the latest",
                hint="yield smaller pages, or compute in asyncio.to_thread",
            )

    def _watched(self, *, calls: bool = False) -> Watch:
        async def watched(bench: Bench) -> Watch:
            await self.ready(bench)
            watch = Watch(lambda: bench.door.acting, lambda: bench.door.spent)
            with watching(watch, calls=calls):
                # a task of its own, since what runs now began before the watch
                await asyncio.create_task(self.work(bench))
            return watch

        return self.rig().run(watched)

    def test_cancellation_leaves_nothing_open(self) -> None:
        """Cancelled at any await, it stops: no task, request or file is left."""
        calm = self._cancelled(NEVER)
        for at in (NEVER, *cuts(calm[0], self.cancellations)):
            _, left = self._cancelled(at)
            if left:
                when = "after its work" if at == NEVER else f"cancelled at its await {at}"
                breach(
                    f"{when}: {', '.join(left)}",
                    promise="a connection can be stopped at any moment, and leaves nothing behind",
                    hint="let CancelledError pass; close what was opened in finally or async with",
                )

    def _cancelled(self, at: int) -> tuple[int, list[str]]:
        async def cancelled(bench: Bench) -> tuple[int, list[str]]:
            await self.ready(bench)
            before = asyncio.all_tasks()
            interruption = Interruption(self.work(bench), at)
            task = asyncio.ensure_future(_awaited(interruption))
            await asyncio.wait([task])
            left = ["it went on as if nothing had been"] if at and not task.cancelled() else []
            if not at:
                task.result()
            tasks = [one for one in asyncio.all_tasks() - before if not _serves(one)]
            left += [f"the task {one.get_coro()!r:.80}" for one in tasks]
            left += [f"{bench.door.open} requests"] if bench.door.open else []
            return interruption.suspensions, left

        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", ResourceWarning)
            with _collected():
                suspensions, left = self.rig().run(cancelled)
        left += [str(one.message) for one in caught if one.category is ResourceWarning]
        return suspensions, left

    async def _prepared_work(self, bench: Bench) -> None:
        await self.ready(bench)
        await self.work(bench)

    def test_nothing_deprecated_is_used(self) -> None:
        """Its code uses nothing that is about to be removed from Python or a library."""
        package = self.type.config.__module__.partition(".")[0]
        places = {str(path) for path in inspection.modules(package).values()}
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            self.rig().run(self._prepared_work)
        found = {
            f"{Path(one.filename).name}:{one.lineno} {one.message}"
            for one in caught
            if issubclass(one.category, DeprecationWarning | PendingDeprecationWarning)
            and one.filename in places
        }
        if found:
            breach(
                "; ".join(sorted(found)),
                promise="it goes on working with the next versions",
                hint="use what the warning names instead",
            )


@contextlib.contextmanager
def _collected() -> Iterator[None]:
    """Garbage that was made meanwhile is collected at the end: what it held open is then told.

    To look through older objects too would take seconds in a process that has many.
    """
    gc.collect(1)  # what is there is old from now on
    works = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.collect(1)
        if works:
            gc.enable()


def _serves(task: "asyncio.Task[Any]") -> bool:
    """Whether a task belongs to a server of the outside, or to the client of its door."""
    code = getattr(task.get_coro(), "cr_code", None)
    return code is not None and _AIOHTTP in code.co_filename


async def _awaited(interruption: Interruption) -> object:
    return await interruption


def _is_sentence(text: object) -> bool:
    return isinstance(text, str) and bool(text.strip())


def _useful(error: ConnectorError) -> None:
    """What the owner of the books reads is there."""
    __tracebackhide__ = True
    if not error.message.strip() or (isinstance(error, AuthenticationError) and not error.hint):
        breach(
            f"{type(error).__name__} with the message {error.message!r} and the hint "
            f"{error.hint!r}",
            promise="a message for the owner of the books, and for credentials what to do",
            hint="raise AuthenticationError(message, hint=...)",
        )


@contextlib.contextmanager
def _captured() -> Iterator[Callable[[], str]]:
    """What is printed and what is logged with the standard library meanwhile."""
    output, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(output), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            yield output.getvalue
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


__all__ = ["ConnectorContract", "Errand", "opened"]
