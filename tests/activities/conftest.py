"""A workshop with its facilitator, and a World Café, for several files of tests."""

import pytest

from tests.activities.cafes import Cafe, new_cafe


@pytest.fixture
def owner(make):
    return make.staff()


@pytest.fixture
def workshop(make, owner):
    return make.workshop(owner)


@pytest.fixture
def open_cafe(app, make, visit, phone, database):
    """So many people and a café: three tables, three rounds, no hosts unless the settings say otherwise."""

    def open_cafe(people=9, **settings):
        owner = make.staff()
        workshop = make.workshop(owner)
        came = make.people(workshop, people)
        return Cafe(new_cafe(app, workshop, **settings), workshop, came, visit(owner), database, phone, make)

    return open_cafe


@pytest.fixture
def cafe(open_cafe):
    """Nine people at three tables, three rounds; the facilitator at her desk."""
    return open_cafe()
