"""A workshop after its evening, for the tests of documents."""

from types import SimpleNamespace

import pytest

from facilitator.extensions import db
from facilitator.voting.dots import HandCount
from facilitator.workshop.models import Activity


@pytest.fixture
def evening(app, make):
    """紫竹苑 in small: five people, six ideas, two themes, dots on themes in two rounds, both revealed."""
    owner = make.staff(name="小聚")
    place = make.neighbourhood("共和九村", name_en="Gonghe No. 9")
    project = make.project(place, "紫竹苑微更新", name_en="Bamboo Court")
    workshop = make.workshop(
        owner, title="共创美好社区", language="zh_Hans", neighbourhood_id=place.id, project_id=project.id
    )
    board = make.board(workshop, title="先改哪里", vote_on="themes", rounds=2, places=8)
    people = [make.person(workshop, name) for name in ("王小明", "", "", "Anna", "")]
    bench = make.idea(board, "楼道口加一张长凳", people[0])
    back = make.idea(board, "座椅要有靠背，电话13812345678", people[1])
    lamp = make.idea(board, "坡道太暗", people[1])
    card = make.idea(board, "路灯朝下照", source="paper", helper_id=owner.id)
    loose = make.idea(board, "留一点旧砖墙", people[2])
    held = make.idea(board, "难听的话", people[3], status="held")
    seats, light = make.theme(board, "坐一坐", bench, back), make.theme(board, "亮起来", lamp, card)
    for person in people[:3]:
        make.dot(board, person, seats, 1)
    for person in (*people[1:4], people[1]):
        make.dot(board, person, light, 2)
    make.dot(board, people[0], seats, 2)
    with app.app_context():
        db.session.add(
            HandCount(
                activity_id=board.id,
                round=2,
                target=str(light.id),
                source="paper",
                dots=3,
                voters=2,
                counted_by_id=owner.id,
            )
        )
        db.session.get_one(Activity, board.id).state = {"revealed-1": 8, "revealed-2": 8}
        db.session.commit()
    return SimpleNamespace(**{name: value for name, value in locals().items() if name not in ("app", "make")})


@pytest.fixture
def draft(evening, visit):
    """The owner at the open draft; `draft.number` is the proposal's id."""
    visitor = visit(evening.owner)
    visitor.get(f"/workshops/{evening.workshop.id}/console")
    visitor.post(f"/workshops/{evening.workshop.id}/proposals")
    visitor.number = int(visitor.path.rsplit("/", 1)[1])
    return visitor
