"""What a connector declares about itself: the manifest, the settings, the distribution."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Final

from subledger.catalogue import Installed, installed, load
from subledger.catalogue.validation import faults
from subledger.config.fields import duration_text
from subledger.errors import PluginRefused
from subledger.manifest import Capability, Direction, Operation, Recovery
from subledger.ports import SinkType, SourceType
from subledger.runtime import HttpResponse
from subledger.testing import inspection, trials
from subledger.testing.bench import Bench, Rig
from subledger.testing.contracts.base import Contract, breach
from subledger.testing.outside import THROTTLED, Clock, Outside, Scenario, Trouble

_ABILITIES: Final[Mapping[Direction, frozenset[Capability]]] = {
    Direction.SOURCE: frozenset(Capability) - {Capability.UPDATE_GUARD, Capability.READ_BACK},
    Direction.SINK: frozenset(Capability) - {Capability.INCREMENTAL, Capability.WEBHOOKS},
}


class DeclarationContract(Contract):
    """What every connector declares; a part of the contract of every connector.

    ``outside`` makes the simulator anew for each test, in the state of ``start``; ``scenarios``
    say what ``check()`` makes of which settings and faults. With ``real_time`` the door may have
    real sockets. ``throttled`` is how the vendor asks to slow down.
    """

    type: ClassVar[SourceType[Any] | SinkType[Any]]
    scenarios: ClassVar[Sequence[Scenario]] = (Scenario(name="works"),)
    start: ClassVar[dt.datetime] = dt.datetime(2026, 4, 10, 12, tzinfo=dt.UTC)
    real_time: ClassVar[bool] = False
    throttled: ClassVar[HttpResponse] = THROTTLED

    def outside(self, clock: Clock) -> Outside:
        """The author's simulator in one known state."""
        raise NotImplementedError("give the contract its outside(clock)")

    def rig(self) -> Rig:
        """Makes benches for this connector."""
        return Rig(
            type=self.type,
            outside=self.outside,
            start=self.start,
            real_time=self.real_time,
            throttled=self.throttled,
        )

    @classmethod
    def parameters(cls) -> Mapping[str, Callable[[], Sequence[tuple[str, Any]]]]:
        """As ever, with the scenarios and every sort of trouble."""
        return {
            **super().parameters(),
            "scenario": lambda: [(one.name, one) for one in cls.scenarios],
            "trouble": lambda: [(str(one), one) for one in Trouble],
        }

    @classmethod
    def declared(cls) -> Mapping[str, str]:
        """The manifest in words."""
        manifest = cls.type.manifest
        kinds = (f"{kind} ({', '.join(sorted(can))})" for kind, can in manifest.kinds.items())
        every = manifest.frequency
        told = {
            "direction": manifest.direction,
            "roles": ", ".join(sorted(manifest.roles)),
            "kinds": ", ".join(sorted(kinds)),
            "frequency": f"every {duration_text(every.default)}, "
            f"at the most every {duration_text(every.minimum)}",
            "capabilities": ", ".join(sorted(manifest.capabilities)),
            "lost answers": manifest.recovery if manifest.direction is Direction.SINK else "",
            "plugin interface": str(manifest.api),
        }
        return {name: text for name, text in told.items() if text}

    def test_the_catalogue_accepts_it(self) -> None:
        """It is installed under its own name, and the kernel does not refuse it."""
        item = self._installed()
        try:
            plugin = load(item)
        except PluginRefused as refused:
            breach(
                f"the kernel refuses {item.name}: {refused.reason}",
                promise="a plugin loads, and what it registers is sound",
                hint="put right what the reason says; `subledger connectors` shows it too",
            )
        if not any(self._is_tested(value) for value in plugin.values):
            breach(
                f"{item.target} registers other values than the contract's type",
                promise="the entry point leads to what is tested here",
                hint="set type to the value that the hook returns",
            )

    def _is_tested(self, value: object) -> bool:
        """Whether a registered value is the one under test; the kernel wraps its functions."""
        tested = self.type
        return (
            isinstance(value, SourceType | SinkType)
            and value.manifest.direction is tested.manifest.direction
            and value.config is tested.config
        )

    def _installed(self) -> Installed:
        name = self.type.manifest.name
        found = [item for item in installed() if item.name == name]
        if not found:
            breach(
                f"no installed distribution has an entry point {name!r} in the group subledger",
                promise="the entry point has the manifest's name",
                hint="write it into pyproject.toml under [project.entry-points.subledger], and "
                "install the distribution again",
            )
        return found[0]

    def test_the_manifest_says_what_it_is(self) -> None:
        """The manifest declares what fits its direction, its roles and the registered value."""
        manifest = self.type.manifest
        found = faults(self.type, manifest.name)
        beyond = manifest.capabilities - _ABILITIES[manifest.direction]
        found += [f"{one} is nothing that a {manifest.direction} can do" for one in sorted(beyond)]
        if manifest.direction is Direction.SOURCE:
            writes = {one for can in manifest.kinds.values() for one in can} - {Operation.READ}
            found += [f"a source does not {one}" for one in sorted(writes)]
            found += ["recovery is for sinks"] if manifest.recovery is not Recovery.NONE else []
        found += [] if manifest.title.strip() else ["title is empty"]
        found += [f"not a sentence: {one!r}" for one in manifest.limits if one[-1:] not in ".!"]
        if found:
            breach(
                "; ".join(found),
                promise="each field of the manifest is true, since the kernel acts on it",
                hint="declare only what the connector does",
            )

    def test_every_setting_is_described(self) -> None:
        """Each setting has a sentence, for the reference and for `subledger init`."""
        if found := trials.undescribed(self.type.config):
            breach(
                f"no description: {', '.join(found)}",
                promise="an owner reads what each setting means",
                hint='give the field metadata=describe("What it means.")',
            )

    def test_secrets_are_typed_as_secrets(self) -> None:
        """A setting whose name says secret is a Secret, which is never printed."""
        if found := trials.untyped_secrets(self.type.config):
            breach(
                f"typed as text: {', '.join(found)}",
                promise="secrets stand in the configuration by reference, and are never printed",
                hint="type the field Secret, and call .reveal() where the clear text is needed",
            )

    def test_wrong_settings_are_told_with_their_path(self) -> None:
        """Unknown, missing and wrong settings are refused, and the message names the setting."""
        table = self.rig().run(_settings)
        if found := trials.badly_told(self.type.config, table):
            breach(
                "; ".join(found[:3]),
                promise="a wrong setting is a ConfigError whose problems have the setting's path",
                hint="in __attrs_post_init__ raise ConfigError([Problem(path=..., message=...)])",
            )

    def test_only_the_public_surface_is_imported(self) -> None:
        """Its modules import of subledger only what plugins may rely on."""
        package = self.type.config.__module__.partition(".")[0]
        found = [
            line
            for place, path in inspection.modules(package).items()
            for line in inspection.private_imports(place, path.read_text(encoding="utf-8"))
        ]
        if found:
            breach(
                "; ".join(found[:5]),
                promise="only public modules are used, so that upgrades do not break it",
                hint=f"public are {', '.join(sorted(inspection.PUBLIC))}",
            )

    def test_its_interface_number_is_written_out(self) -> None:
        """`api` is the number that it was made for, written out, not the kernel's own number."""
        package = self.type.config.__module__.partition(".")[0]
        found = [
            line
            for place, path in inspection.modules(package).items()
            for line in inspection.borrowed_numbers(place, path.read_text(encoding="utf-8"))
        ]
        if found:
            breach(
                "; ".join(found[:5]),
                promise="a later kernel can tell which plugin interface it was made for",
                hint=f"write the number out: api={self.type.manifest.api}",
            )

    def test_no_version_is_pinned(self) -> None:
        """Its distribution pins no version, so that it can be installed beside others."""
        distribution = self._installed().distribution
        if found := inspection.pins(distribution):
            breach(
                f"{distribution} requires {', '.join(found)}",
                promise="it can be installed in one environment with any other plugin",
                hint="allow a range, such as >=1.2,<2",
            )


async def _settings(bench: Bench) -> Mapping[str, Any]:
    return dict(bench.outside.settings)


__all__ = ["DeclarationContract"]
