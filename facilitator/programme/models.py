"""The town: neighbourhoods and their micro-renewal projects."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from facilitator.extensions import Model
from facilitator.programme.stages import FIRST_STAGE


class Neighbourhood(Model):
    __tablename__ = "neighbourhood"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    name_en: Mapped[str] = mapped_column(default="")

    projects: Mapped[list[Project]] = relationship(back_populates="neighbourhood", order_by="Project.name")


class Project(Model):
    __tablename__ = "project"

    id: Mapped[int] = mapped_column(primary_key=True)
    neighbourhood_id: Mapped[int] = mapped_column(ForeignKey("neighbourhood.id"), index=True)
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    stage: Mapped[str] = mapped_column(default=FIRST_STAGE)

    neighbourhood: Mapped[Neighbourhood] = relationship(back_populates="projects")
