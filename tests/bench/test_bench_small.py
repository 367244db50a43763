"""The bench itself, with few phones: its counts must agree with the database. Times are not looked at."""

from tests.bench.bench_room import measure


def test_a_small_evening_loses_and_doubles_nothing():
    report = measure(20, pace=2)
    assert report.wrong == []
    assert report.lines["participants in the database"] == "20"
    assert report.lines["ideas: in the database"] == "20"
    assert report.lines["dots: in the database"] == "100"
