"""What every source promises."""

from typing import Any, ClassVar

from subledger.errors import ConnectorError
from subledger.manifest import Capability, Operation
from subledger.model import Attachment, Reference
from subledger.model.kinds import ATTACHMENT, ITEM, PARTIES
from subledger.ports import File, WebhookVerdict
from subledger.testing.bench import Bench
from subledger.testing.contracts.base import applies, breach
from subledger.testing.contracts.completeness import CompletenessContract
from subledger.testing.contracts.connector import opened
from subledger.testing.contracts.exactly_once import ExactlyOnceContract
from subledger.testing.contracts.extracting import Key, Reading, inside, key_of
from subledger.testing.contracts.meaning import MeaningContract
from subledger.testing.contracts.role import RoleContract


def _reads_changes(type_: Any) -> bool:
    return opened(type_) and Capability.INCREMENTAL in type_.manifest.capabilities


def _has_webhooks(type_: Any) -> bool:
    return type_.webhook is not None or Capability.WEBHOOKS in type_.manifest.capabilities


def _has_files(type_: Any) -> bool:
    return type_.fetch is not None or type_.manifest.can(ATTACHMENT, Operation.READ)


class SourceContract(MeaningContract, CompletenessContract, ExactlyOnceContract, RoleContract):
    """The contract of every source: give it ``type`` and ``outside``.

    What it reads is also taken into invented books, once, and by the recipes of its roles.

    ``resumptions`` is the most of the cursors that a reading is resumed from.
    """

    resumptions: ClassVar[int] = 12

    @applies(opened)
    def test_only_declared_kinds_are_read(self) -> None:
        """Every entity is of a kind that the manifest declares as read."""
        found = {entity.kind for entity in self.read().entities()}
        beyond = found - self.type.manifest.able(Operation.READ)
        if beyond:
            breach(
                f"it read {', '.join(sorted(beyond))}",
                promise=f"it reads {', '.join(sorted(self.type.manifest.able(Operation.READ)))}",
                hint="declare the kind in the manifest, or leave it out",
            )

    @applies(opened)
    def test_an_identifier_means_one_thing(self) -> None:
        """No two records of a reading give an entity of the same kind and identifier."""
        owners: dict[tuple[str, str], Key] = {}
        for record, entities in self.read().accepted():
            for entity in entities:
                owner = owners.setdefault((entity.kind, entity.id), key_of(record))
                if owner != key_of(record) or not entity.id or "\0" in entity.id:
                    breach(
                        f"the records {owner[1]!r} and {record.id!r} both give the "
                        f"{entity.kind} {entity.id!r}",
                        promise="kind and identifier name one thing of the source, for ever",
                        hint="use the vendor's own identifier; put its sort before it if the "
                        "vendor numbers sorts separately",
                    )
        self._one_record_each()

    def _one_record_each(self) -> None:
        """Two records of one identifier are told apart by what they make."""
        __tracebackhide__ = True
        known: dict[Key, set[Any]] = {}
        for record, entities in self.read().accepted():
            found = {entity.kind for entity in entities}
            before = known.setdefault(key_of(record), set())
            if found and before and not found & before:
                breach(
                    f"the record {record.id!r} is a {' and '.join(sorted(before))}, and another "
                    f"record {record.id!r} a {' and '.join(sorted(found))}",
                    promise="the kernel takes the second one for a correction of the first",
                    hint="give each RawRecord makes = the kinds that its sort may become, or put "
                    "the sort before the identifier",
                )
            before |= found

    @applies(opened)
    def test_identifiers_are_stable(self) -> None:
        """Read again some hours later, everything has the identifiers that it had."""

        async def twice(bench: Bench) -> tuple[set[Key], set[Key]]:
            first = await self.extract(bench)
            return first.keys, (await self.extract_later(bench)).keys

        first, second = self.rig().run(twice)
        if first != second:
            changed = sorted(key[1] for key in first ^ second)
            breach(
                f"the second reading has other identifiers: {', '.join(changed[:5])}",
                promise="what is read again is known again, so that nothing is posted twice",
                hint="never make identifiers from a position, a time or chance",
            )

    @applies(opened)
    def test_a_reading_resumes_from_any_cursor(self) -> None:
        """Stopped after any page, the next run goes on from its cursor and nothing is lost."""
        self.rig().run(self._resumed)

    async def _resumed(self, bench: Bench) -> None:
        __tracebackhide__ = True
        whole = await self.extract(bench)
        kept: dict[str, set[Key]] = {}
        cursor, seen = None, set[Key]()
        for page in whole.pages:
            seen = seen | {key_of(record) for record in page.records}
            cursor = cursor if page.cursor is None else page.cursor
            if cursor is not None:
                kept.setdefault(cursor, seen)
        step = max(1, len(kept) // self.resumptions)
        for cursor, stored in [*kept.items()][::step]:
            rest = await self.extract(bench, cursor)
            if lost := whole.keys - stored - rest.keys:
                some = ", ".join(sorted(key[1] for key in lost)[:5])
                breach(
                    f"resumed from {cursor!r:.80} it never told of {len(lost)} records: {some}",
                    promise="a cursor is true once the records up to it are stored",
                    hint="give a page's cursor only for what the page and those before it hold",
                )

    @applies(opened)
    def test_cursors_are_text(self) -> None:
        """A cursor is text that can be stored, or None."""
        for page in self.read().pages:
            if page.cursor is None:
                continue
            if not isinstance(page.cursor, str) or not _storable(page.cursor):
                breach(
                    f"the cursor {page.cursor!r:.80}",
                    promise="text, as the database and a JSON file can keep it",
                    hint="write the position as JSON text",
                )

    @applies(opened)
    def test_parties_and_items_come_before_what_refers_to_them(self) -> None:
        """A party or item that a record refers to was handed over before it, or with it."""
        declared = self.type.manifest.able(Operation.READ) & {*PARTIES, ITEM}
        known: set[tuple[str, str]] = set()
        for record, entities in self.read().accepted():
            known |= {(entity.kind, entity.id) for entity in entities}
            for entity in entities:
                for path, value in inside(entity):
                    if (
                        isinstance(value, Reference)
                        and value.kind in declared
                        and value.record
                        and (value.kind, value.record) not in known
                    ):
                        breach(
                            f"the record {record.id} refers to the {value.kind} {value.record} "
                            f"({path}), which did not come before",
                            promise="what a document refers to is there when it is planned",
                            hint="hand the party or item over on an earlier page, or before it",
                        )

    @applies(_reads_changes)
    def test_only_what_changed_is_read_again(self) -> None:
        """Some hours later, a reading from the last cursor on is shorter than the first."""

        async def twice(bench: Bench) -> tuple[Reading, Reading]:
            first = await self.extract_later(bench)
            cursors = [page.cursor for page in first.pages if page.cursor is not None]
            return first, await self.extract_later(bench, cursors[-1] if cursors else None)

        first, again = self.rig().run(twice)
        if len(again.keys) >= len(first.keys):
            breach(
                f"where nothing had changed it read {len(again.keys)} of {len(first.keys)} "
                "records again",
                promise="INCREMENTAL: only what changed since the cursor",
                hint="ask the vendor for changes since the cursor, or do not declare INCREMENTAL",
            )

    @applies(_has_webhooks)
    def test_webhooks_are_declared_where_they_are_handled(self) -> None:
        """WEBHOOKS is declared exactly where there is a function for them."""
        declared = Capability.WEBHOOKS in self.type.manifest.capabilities
        if declared != (self.type.webhook is not None):
            breach(
                "WEBHOOKS is declared without a function"
                if declared
                else "there is a function for webhooks, but WEBHOOKS is not declared",
                promise="the kernel offers an address for webhooks where they are declared",
                hint="declare Capability.WEBHOOKS and register webhook=..., or neither",
            )

    @applies(lambda type_: type_.webhook is not None)
    def test_a_webhook_call_without_proof_is_refused(self) -> None:
        """Who cannot show the secret or signature is refused, whatever else the call holds."""
        judge = self.type.webhook
        config = self.rig().run(_config)
        for headers in ({}, {"authorization": ""}, {"authorization": "Basic \N{SNOWMAN}"}):
            for body in (b"", b"{}", b"[1]", b"\xff\xfe", b"null", b"[" * 5000):
                try:
                    verdict: object = judge(config, headers, body) if judge else None
                except Exception as error:  # noqa: BLE001 - it is told
                    verdict = f"{type(error).__name__}: {error}"
                if verdict is not WebhookVerdict.REFUSED:
                    breach(
                        f"a call with the headers {headers!r} and the body {body[:20]!r} gave "
                        f"{verdict!r}",
                        promise="WebhookVerdict.REFUSED; it never raises",
                        hint="compare in constant time first, then read the body",
                    )

    @applies(_has_files)
    def test_attachments_can_be_fetched(self) -> None:
        """Attachments are read exactly where their files can be fetched, and they can."""
        manifest, fetch = self.type.manifest, self.type.fetch
        declared = manifest.can(ATTACHMENT, Operation.READ)
        if declared != (fetch is not None):
            breach(
                f"attachments are {'' if declared else 'not '}declared as read, and there is "
                f"{'a' if fetch else 'no'} function to fetch files",
                promise="the kernel fetches the file of each attachment",
                hint="declare attachment: READ and register fetch=..., or neither",
            )
        if fetch is not None and opened(self.type):
            self.rig().run(self._fetched)

    async def _fetched(self, bench: Bench) -> None:
        __tracebackhide__ = True
        reading = await self.extract(bench)
        files = [one for one in reading.entities() if isinstance(one, Attachment)]
        if not files:
            breach(
                "attachments are declared as read, and no Attachment was among what was read",
                promise="the kernel attaches the file of each Attachment to its document",
                hint="let normalise yield an Attachment for each file, since Movement.receipts is "
                "only shown; and let the outside hold a record with a file",
            )
        for attachment in files[:3]:
            found: object = None
            if self.type.fetch is not None:
                try:
                    found = await self.type.fetch(bench.config(), bench.context, attachment.url)
                except ConnectorError as error:
                    found = f"{type(error).__name__}: {error}"
            if not isinstance(found, File) or not found.content:
                breach(
                    f"fetch({attachment.url!r}) gave {found!r:.200}",
                    promise="the file of an attachment that was read",
                    hint="url is what fetch gets: anything that finds the file again",
                )


async def _config(bench: Bench) -> Any:
    return bench.config()


def _storable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


__all__ = ["Reading", "SourceContract"]
