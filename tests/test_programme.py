"""The town, kept by the secretariat."""

from __future__ import annotations

from typing import Any

from facilitator.programme.models import Neighbourhood, Project
from facilitator.workshop.models import Workshop


def test_the_secretariat_adds_a_neighbourhood_and_its_project(make: Any, visit: Any, database: Any) -> None:
    office = visit(make.secretary()).get("/programme")
    office.send("/programme/neighbourhoods", name=" 共和九村 ", name_en="Gonghe 9th Village")
    (neighbourhood,) = database.all(Neighbourhood)
    office.send(f"/programme/neighbourhoods/{neighbourhood.id}/projects", name="紫竹苑微更新")
    (project,) = database.all(Project)
    assert (neighbourhood.name, project.name, project.stage) == ("共和九村", "紫竹苑微更新", "survey")
    assert "共和九村" in office.get("/workshops/new/salon").html


def test_a_workshop_of_a_project_is_in_its_neighbourhood(make: Any, visit: Any, database: Any) -> None:
    here, other = make.neighbourhood("一村"), make.neighbourhood("二村")
    project, desk = make.project(here), visit(make.staff())
    for chosen in (0, other.id):
        desk.get("/workshops/new/salon").post(
            "/workshops/new/salon", title="A", language="en", neighbourhood_id=str(chosen), project_id=str(project.id)
        )
    first, second = database.all(Workshop)
    assert (first.neighbourhood_id, second.neighbourhood_id) == (here.id, other.id)


def test_the_same_neighbourhood_twice_is_refused(make: Any, visit: Any, database: Any) -> None:
    office = visit(make.secretary()).get("/programme")
    office.post("/programme/neighbourhoods", name="共和九村")
    office.post("/programme/neighbourhoods", name="共和九村")
    assert (office.status, database.count(Neighbourhood)) == (409, 1)


def test_a_project_goes_on_and_back_through_its_stages(make: Any, visit: Any, database: Any) -> None:
    project = make.project(make.neighbourhood())
    office = visit(make.secretary()).get("/programme")
    for stage in ("consultation", "drafts"):
        office.send(f"/programme/projects/{project.id}/stage", stage=stage)
        assert database.get(project).stage == stage
    assert office.post(f"/programme/projects/{project.id}/stage", stage="nowhere").status == 400


def test_a_facilitator_finds_nothing_here(make: Any, visit: Any, database: Any) -> None:
    facilitator = visit(make.staff())
    assert facilitator.get("/programme").status == 404
    assert facilitator.post("/programme/neighbourhoods", name="共和九村").status == 404
    assert database.count(Neighbourhood) == 0


def test_the_list_costs_the_same_for_one_and_for_three(make: Any, visit: Any, queries: Any) -> None:
    office = visit(make.secretary())
    make.project(make.neighbourhood("一村"))
    one = queries(lambda: office.get("/programme"))
    for name in ("二村", "三村"):
        make.project(make.neighbourhood(name))
    assert queries(lambda: office.get("/programme")) == one
