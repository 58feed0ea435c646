"""Settings are read once, checked, and handed down; a misspelt key stops the start."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct

from waypost.core import SettingsError, fault_of, meant

PREFIX = "WAYPOST_"
FILE_VARIABLE = "WAYPOST_SETTINGS"
Port = Annotated[int, Meta(ge=0, le=65535)]
Address = Annotated[str, Meta(pattern=r"^https?://[^/\s]+$")]


class WorkspaceSettings(Struct, frozen=True, kw_only=True):
    """Where members find the pages; `public_url` is their address from outside, when it is another."""

    host: str = "127.0.0.1"
    port: Port = 8080
    name: str = "Waypost"
    zone: str = "UTC"
    public_url: Address | None = None

    @property
    def url(self) -> str:
        """The address that members use, without a slash at its end."""
        return self.public_url or f"http://{_reachable(self.host)}:{self.port}"


class CollectorSettings(Struct, frozen=True, kw_only=True):
    """Where products send events to."""

    host: str = "127.0.0.1"
    port: Port = 8090
    workers: Annotated[int, Meta(ge=1, le=64)] = 1
    public_url: Address | None = None

    @property
    def url(self) -> str:
        """The address that products use, without a slash at its end."""
        return self.public_url or f"http://{_reachable(self.host)}:{self.port}"


class SmtpSettings(Struct, frozen=True, kw_only=True):
    """The server that takes our e-mail; without `host` no e-mail is sent."""

    host: str | None = None
    port: Port = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: str | None = None
    from_address: str | None = None
    reply_to: str | None = None


class WebhookSettings(Struct, frozen=True, kw_only=True):
    """How webhooks leave: `secret` signs them, `allow_private` lets them go to the own network."""

    secret: Annotated[str, Meta(pattern=r"^whsec_[A-Za-z0-9+/]{32,}={0,2}$")] | None = None
    allow_private: bool = False


class SyslogSettings(Struct, frozen=True, kw_only=True):
    """Lines of logs that come by syslog, over TCP and UDP; without `source` nobody hears them.

    `format` is what messages hold that are no JSON, and `written` how such lines are written.
    """

    source: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    format: str | None = None
    written: str | None = None
    host: str = "127.0.0.1"
    port: Port = 5514


class RoundSettings(Struct, frozen=True, kw_only=True):
    """How often rounds run and how far back they reach."""

    idle_s: Annotated[float, Meta(ge=0.05, le=3600)] = 0.5
    restate_days: Annotated[int, Meta(ge=1, le=3650)] = 30
    signal_lookback_days: Annotated[int, Meta(ge=1, le=90)] = 3


class SourceSettings(Struct, frozen=True, kw_only=True):
    """What owners may add as sources from pages: files lie in one of `folders`, which are joined by colons."""

    folders: str | None = None

    @property
    def paths(self) -> tuple[Path, ...]:
        """The folders, one by one."""
        return tuple(Path(each) for each in (self.folders or "").split(os.pathsep) if each)


class Settings(Struct, frozen=True, kw_only=True):
    """All settings of one Waypost."""

    data: Path = Path("data")
    memory_mb: Annotated[int, Meta(ge=64)] = 512
    workspace: WorkspaceSettings = WorkspaceSettings()
    collector: CollectorSettings = CollectorSettings()
    smtp: SmtpSettings = SmtpSettings()
    webhooks: WebhookSettings = WebhookSettings()
    syslog: SyslogSettings = SyslogSettings()
    rounds: RoundSettings = RoundSettings()
    sources: SourceSettings = SourceSettings()


SECTIONS: dict[str, type[Struct]] = {
    "workspace": WorkspaceSettings,
    "collector": CollectorSettings,
    "smtp": SmtpSettings,
    "webhooks": WebhookSettings,
    "syslog": SyslogSettings,
    "rounds": RoundSettings,
    "sources": SourceSettings,
}
TOP = [field.name for field in msgspec.structs.fields(Settings) if field.name not in SECTIONS]
KEYS = [
    *TOP,
    *(f"{s}.{field.name}" for s, shape in SECTIONS.items() for field in msgspec.structs.fields(shape)),
]


def read(environment: Mapping[str, str], *, folder: Path = Path()) -> Settings:
    """Return the settings of waypost.toml in `folder` (or of $WAYPOST_SETTINGS) and of the environment.

    WAYPOST_SECTION_KEY overrides the key `section.key`, and WAYPOST_DATA overrides `data`, which in the file
    counts from the file's folder. Raises SettingsError that names the key and the nearest right one.
    """
    named = environment.get(FILE_VARIABLE)
    file = folder / (named or "waypost.toml")
    if named and not file.is_file():
        raise SettingsError(f"{FILE_VARIABLE} names {named}, and there is no such file")
    found: dict[str, tuple[Any, str]] = {}
    if file.is_file():
        found |= {key: (value, f"{file.name}: {key}") for key, value in _of_file(file).items()}
    found |= {key: (value, name) for key, value, name in _of_environment(environment)}
    return _checked(found)


def _of_file(file: Path) -> dict[str, Any]:
    try:
        written = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file.name} is not valid TOML: {error}") from None
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}") from None
    flat: dict[str, Any] = {}
    for key, value in written.items():
        if isinstance(value, dict):
            flat |= {f"{key}.{inner}": inner_value for inner, inner_value in value.items()}
        else:
            flat[key] = value
    for key in flat:
        if key not in KEYS:
            _unknown(f"{file.name}: {key}", key, KEYS)
    if isinstance(flat.get("data"), str):
        flat["data"] = str(file.parent / flat["data"])
    return flat


def _of_environment(environment: Mapping[str, str]) -> list[tuple[str, str, str]]:
    names = {PREFIX + key.replace(".", "_").upper(): key for key in KEYS}
    ours = [name for name in environment if name.startswith(PREFIX) and name != FILE_VARIABLE]
    for name in ours:
        if name not in names:
            _unknown(name, name, [*names, FILE_VARIABLE])
    # An empty variable says nothing; that is how a shell or a service file takes an override back.
    return [(names[name], environment[name], name) for name in ours if environment[name]]


def _checked(found: Mapping[str, tuple[Any, str]]) -> Settings:
    parts: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
    top: dict[str, Any] = {}
    for key, (value, where) in found.items():
        section, _, name = key.rpartition(".")
        shape = SECTIONS[section] if section else Settings
        kind = next(field.type for field in msgspec.structs.fields(shape) if field.name == name)
        # Words of the environment become numbers and truths; a file has to use the right kinds itself.
        strict = not where.startswith(PREFIX)
        try:
            (parts[section] if section else top)[name] = _converted(value, kind, strict=strict)
        except msgspec.ValidationError as error:
            problem = fault_of(kind, error)[1]
            seen = name not in {"password", "secret"} and str(value) not in problem
            raise SettingsError(f"{where}: {problem}{f' (it is {value!r})' if seen else ''}") from None
    top |= {section: SECTIONS[section](**values) for section, values in parts.items()}
    settings = Settings(**top)
    _check_together(settings)
    return settings


def _converted(value: object, kind: Any, *, strict: bool) -> Any:  # noqa: ANN401 -- the kind decides
    if kind is Path:
        return Path(msgspec.convert(value, str))
    return msgspec.convert(value, kind, strict=strict)


def _check_together(settings: Settings) -> None:
    try:
        ZoneInfo(settings.workspace.zone)
    except (KeyError, ValueError, OSError):
        raise SettingsError(
            f"workspace.zone: {settings.workspace.zone!r} is no time zone; use a name such as Europe/Berlin"
        ) from None
    if settings.smtp.host and not settings.smtp.from_address:
        raise SettingsError(
            "smtp.from_address is missing; with smtp.host set, messages need a sender's address"
        )


def _unknown(where: str, key: str, known: list[str]) -> NoReturn:
    raise SettingsError(f"{where} is no setting{meant(key, known)}")


def _reachable(host: str) -> str:
    bare = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 -- read, never bound here
    return f"[{bare}]" if ":" in bare and not bare.startswith("[") else bare
