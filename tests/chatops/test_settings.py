from pathlib import Path

import pytest

from chatops.errors import ConfigurationError
from chatops.settings import Settings, load_settings, variable

SECRET = "S3cr3t-marker"


def test_defaults_are_the_documented_addresses() -> None:
    settings = load_settings()
    assert settings.cloud_endpoint == "https://koophone.myhuaweicloud.com"
    assert settings.cloud_iam_endpoint == "https://iam.cn-north-4.myhuaweicloud.com"
    assert settings.cloud_project == "cn-north-4"


def test_every_setting_says_what_it_is() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name


def test_the_person_is_read_from_chatops_as(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATOPS_AS", "alice")
    assert load_settings().as_ == "alice"
    assert variable("as_") == "CHATOPS_AS"


def test_unknown_variable_is_refused_with_the_one_that_was_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATOPS_CLOUD_ACESS_KEY", "x")
    with pytest.raises(ConfigurationError, match="no setting CHATOPS_CLOUD_ACESS_KEY") as caught:
        load_settings()
    assert "CHATOPS_CLOUD_ACCESS_KEY" in caught.value.next_step


@pytest.mark.parametrize("value", ["koophone.myhuaweicloud.com", "ftp://x", "https://x y", "https://x?a=1"])
def test_bad_address_is_refused_by_the_name_of_its_variable(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("CHATOPS_CLOUD_ENDPOINT", value)
    with pytest.raises(ConfigurationError, match="CHATOPS_CLOUD_ENDPOINT") as caught:
        load_settings()
    assert "CloudDevice API" in caught.value.next_step


def test_secrets_are_neither_in_the_settings_text_nor_in_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATOPS_CLOUD_SECRET_KEY", SECRET)
    monkeypatch.setenv("CHATOPS_CLOUD_PASSWORD", SECRET)
    monkeypatch.setenv("CHATOPS_CLOUD_SECURITY_TOKEN", SECRET)
    settings = load_settings()
    assert SECRET not in repr(settings)
    assert SECRET not in settings.model_dump_json()
    monkeypatch.setenv("CHATOPS_CLOUD_ACCESS_KEY", SECRET * 1000)
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    assert SECRET not in caught.value.message + caught.value.next_step


def test_no_file_of_the_current_folder_is_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("somewhere")
    (folder / ".env").write_text("CHATOPS_CLOUD_PROJECT=evil\n")
    monkeypatch.chdir(folder)
    assert load_settings().cloud_project == "cn-north-4"


@pytest.mark.parametrize("name", [variable(name) for name in Settings.model_fields])
def test_empty_variable_is_one_that_is_not_set(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delenv(name, raising=False)
    unset = load_settings()
    monkeypatch.setenv(name, "")
    assert load_settings() == unset


PLACES = pytest.mark.parametrize("name", ["CHATOPS_TEAM_FILE", "CHATOPS_STATE_DIR", "CHATOPS_POLICY_DIR"])


@PLACES
@pytest.mark.parametrize("value", ["somewhere", "./somewhere", "../somewhere", "~nobody-of-this-name/somewhere", " /x"])
def test_relative_path_is_refused_with_the_way_to_write_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=f"^{name}: .*begins with / or ~/"):
        load_settings()


@PLACES
def test_home_folder_may_be_written_as_a_tilde(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(name, "~/chatops/x")
    field = name.removeprefix("CHATOPS_").lower()
    assert getattr(load_settings(), field) == tmp_path / "chatops" / "x"


@pytest.mark.parametrize(
    ("setting", "value", "form"),
    [
        ("CHATOPS_CLOUD_ENDPOINT", "koophone", "https://host"),
        ("CHATOPS_CLOUD_IAM_ENDPOINT", "ftp://host", "https://host"),
        ("CHATOPS_DATABASE_URL", "folder/chatops.db", "sqlite:////absolute/path/chatops.db"),
    ],
)
def test_address_that_is_none_is_refused_with_one_that_would_be(
    monkeypatch: pytest.MonkeyPatch, setting: str, value: str, form: str
) -> None:
    monkeypatch.setenv(setting, value)
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    assert caught.value.message.startswith(f"{setting}: ")
    assert form in caught.value.message
    assert "pattern" not in caught.value.message
