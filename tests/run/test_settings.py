from pathlib import Path

import pytest

from waypost.core import SettingsError
from waypost.run.settings import KEYS, Settings, read


def written(folder: Path, text: str) -> Path:
    (folder / "waypost.toml").write_text(text)
    return folder


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    settings = read({}, folder=tmp_path)
    assert settings == Settings()
    assert settings.workspace.url == "http://127.0.0.1:8080"
    assert settings.collector.url == "http://127.0.0.1:8090"
    assert settings.data == Path("data")


def test_the_file_is_read_and_its_paths_count_from_its_folder(tmp_path: Path) -> None:
    settings = read(
        {}, folder=written(tmp_path, 'data = "kept"\n[workspace]\nport = 9000\nzone = "Europe/Berlin"\n')
    )
    assert (settings.data, settings.workspace.port) == (tmp_path / "kept", 9000)
    assert settings.workspace.zone == "Europe/Berlin"


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    folder = written(tmp_path, "[workspace]\nport = 9000\n[webhooks]\nallow_private = false\n")
    overrides = {
        "WAYPOST_DATA": "elsewhere",
        "WAYPOST_WORKSPACE_PORT": "9001",
        "WAYPOST_COLLECTOR_PORT": "9002",
        "WAYPOST_WEBHOOKS_ALLOW_PRIVATE": "true",
        "WAYPOST_ROUNDS_IDLE_S": "0.25",
        "WAYPOST_SMTP_SECURITY": "",
        "HOME": "/",
    }
    settings = read(overrides, folder=folder)
    assert settings.data == Path("elsewhere")
    assert (settings.workspace.port, settings.collector.port) == (9001, 9002)
    assert settings.webhooks.allow_private
    assert settings.rounds.idle_s == 0.25
    assert settings.smtp.security == "starttls"


def test_another_file_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text('[workspace]\nname = "Acme"\n')
    assert read({"WAYPOST_SETTINGS": "other.toml"}, folder=tmp_path).workspace.name == "Acme"
    with pytest.raises(SettingsError, match="no such file"):
        read({"WAYPOST_SETTINGS": "lost.toml"}, folder=tmp_path)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[workspace]\nprot = 1\n", r"workspace\.prot is no setting; did you mean workspace\.port\?"),
        ("[smpt]\nhost = 'a'\n", r"smpt\.host is no setting; did you mean smtp\.host\?"),
        ("dta = 'a'\n", r"dta is no setting; did you mean data\?"),
        ("zzzzzzzz = 1\n", r"zzzzzzzz is no setting$"),
        ("[workspace]\nport = '8080'\n", r"workspace\.port: here stands text; it must be a whole number"),
        ("[workspace]\nport = 70000\n", r"workspace\.port: it must be at most 65535 \(it is 70000"),
        ("[workspace]\nzone = 'Moon/Base'\n", r"workspace\.zone: 'Moon/Base' is no time zone"),
        ("[workspace]\npublic_url = 'acme.example'\n", r"workspace\.public_url: it must fit the pattern"),
        (
            "[smtp]\nsecurity = 'maybe'\n",
            r"smtp\.security: maybe is none of those known; known are none",
        ),
        ("[smtp]\nhost = 'smtp.example'\n", r"smtp\.from_address is missing"),
        ("workspace = 3\n", r"workspace is no setting; did you mean workspace\."),
        ("[workspace\n", r"not valid TOML"),
    ],
)
def test_a_wrong_file_stops_the_start_and_says_where(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(SettingsError, match=complaint) as fault:
        read({}, folder=written(tmp_path, text))
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("WAYPOST_WORKSPACE_PROT", "1", "did you mean WAYPOST_WORKSPACE_PORT"),
        ("WAYPOST_DAAT", "x", "did you mean WAYPOST_DATA"),
        (
            "WAYPOST_WORKSPACE_PORT",
            "many",
            "WAYPOST_WORKSPACE_PORT: here stands text; it must be a whole number",
        ),
        ("WAYPOST_WORKSPACE_ZONE", "../etc/passwd", "is no time zone"),
    ],
)
def test_a_wrong_override_stops_the_start(tmp_path: Path, name: str, value: str, complaint: str) -> None:
    with pytest.raises(SettingsError, match=complaint):
        read({name: value}, folder=tmp_path)


def test_addresses_can_be_opened_whatever_host_is_bound(tmp_path: Path) -> None:
    settings = read({"WAYPOST_WORKSPACE_HOST": "0.0.0.0", "WAYPOST_COLLECTOR_HOST": "::"}, folder=tmp_path)  # noqa: S104 -- read only
    assert settings.workspace.url == "http://127.0.0.1:8080"
    assert settings.collector.url == "http://[::1]:8090"


def test_keys_are_all_there() -> None:
    assert {"data", "memory_mb", "workspace.port", "rounds.restate_days", "smtp.password"} <= set(KEYS)
