"""`facilitator export` and `facilitator import`, between the folders of two towns."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from facilitator.safekeeping.parcel_commands import export_command, import_command
from facilitator.workshop.models import Workshop
from tests.conftest import Database
from tests.safekeeping.towns import told


def run(command, *arguments):
    done = CliRunner().invoke(command, [*map(str, arguments)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


@pytest.fixture
def exported(app, evening, tmp_path, monkeypatch):
    """The evening in a file; the server of its town goes on meanwhile."""
    settings = app.config["SETTINGS"]
    if settings.database_url:
        monkeypatch.setenv("FACILITATOR_DATABASE_URL", settings.database_url)
    file = tmp_path / "evening.juyi"
    typed = evening.workshop.code.lower()
    assert run(export_command, typed, file, "--data", settings.data) == (0, f"“共创美好社区” is in {file}\n")
    monkeypatch.delenv("FACILITATOR_DATABASE_URL", raising=False)
    return file


def data(town):
    return town.app.config["SETTINGS"].data


@pytest.mark.parametrize("owner", ["Mei", " MEI@example.org "])
def test_from_folder_to_folder(app, evening, exported, elsewhere, owner):
    done = run(import_command, exported, "--owner", owner, "--data", data(elsewhere))
    first, *others = done[1].splitlines()
    assert (done[0], first) == (0, "“共创美好社区” is here, with 3 people and 1 photo.")
    assert others == ["Added to the town: 共和九村.", "Added to the town: 紫竹苑微更新."]
    arrived = Database(elsewhere.app).all(Workshop)[-1]
    assert arrived.owner_id == elsewhere.mei.id
    assert told(elsewhere.app, arrived.id) == told(app, evening.workshop.id)


def test_a_second_time_only_as_a_copy(exported, elsewhere):
    again = (import_command, exported, "--owner", "Mei", "--data", data(elsewhere))
    assert run(*again)[0] == 0
    assert run(*again) == (1, "Error: “共创美好社区” is here already. To have it twice: --copy\n")
    assert "“共创美好社区 (copy)” is here" in run(*again, "--copy")[1]


def test_the_file_is_for_its_owner_alone_and_never_half(exported):
    assert exported.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in exported.parent.iterdir() if path.name.startswith("evening")] == ["evening.juyi"]


@pytest.mark.parametrize(
    ("owner", "reason"),
    [
        ("Nobody", "Nobody on the staff is known as Nobody"),
        ("Jun", "More than one person on the staff is known as Jun"),
    ],
)
def test_the_owner_must_be_one_of_the_staff(exported, elsewhere, owner, reason):
    for _ in range(2):
        elsewhere.make.staff(name="Jun")
    status, said = run(import_command, exported, "--owner", owner, "--data", data(elsewhere))
    assert (status, reason in said) == (1, True)
    assert list((data(elsewhere) / "photos").iterdir()) == []


def test_what_is_no_parcel_says_so(elsewhere, tmp_path):
    (tmp_path / "a.txt").write_text("hello")
    status, said = run(import_command, tmp_path / "a.txt", "--owner", "Mei", "--data", data(elsewhere))
    assert (status, "This isn't a workshop file." in said) == (1, True)


def test_a_code_that_nobody_has(elsewhere, tmp_path):
    status, said = run(export_command, "AAAAAA", tmp_path / "x.juyi", "--data", data(elsewhere))
    assert (status, said) == (1, "Error: No workshop here has the code AAAAAA.\n")
    assert not (tmp_path / "x.juyi").exists()


def test_a_folder_without_a_town(tmp_path):
    status, said = run(export_command, "AAAAAA", tmp_path / "x.juyi", "--data", tmp_path / "nowhere")
    assert (status, "There is no town in" in said) == (1, True)
    assert list(tmp_path.iterdir()) == []
