"""What a start or a photo that was cut short leaves in the data folder, and how the next one goes on."""

from facilitator.config import Settings
from facilitator.disk import write_whole


def test_the_key_is_made_once_for_its_owner_alone(tmp_path):
    first, again = Settings(data=tmp_path).secret(), Settings(data=tmp_path).secret()
    assert first == again
    assert len(first) > 40
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_an_empty_key_is_made_anew(tmp_path):
    (tmp_path / "secret_key").touch()
    assert len(Settings(data=tmp_path).secret()) > 40


def test_a_file_is_replaced_whole_and_nothing_stays_beside_it(tmp_path):
    photo = tmp_path / "photos" / "a.jpg"
    photo.parent.mkdir()
    photo.with_name("a.jpg.part").write_bytes(b"what an earlier attempt left, and longer")
    for content in (b"one", b"another"):
        write_whole(photo, content)
        assert photo.read_bytes() == content
    assert [each.name for each in photo.parent.iterdir()] == ["a.jpg"]
