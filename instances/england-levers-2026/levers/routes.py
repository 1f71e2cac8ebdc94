"""Courses that take staff: ways into a profession for those who work already."""

from __future__ import annotations

from collections.abc import Iterator

from builder.courses import course_rows, pipeline_rows
from builder.money import cost_rows
from builder.placements import placement_use_rows
from builder.sources import Row, Sources
from builder.use import Rates, Use, steady_use

from levers.sources import as_professions


class Routes:
    """The tables of all routes.

    Parameters
    ----------
    sources
        Source tables.
    """

    def __init__(self, sources: Sources) -> None:
        self._sources = as_professions(sources)
        self._route = {row["route"]: row for row in sources.tables["routes"]}
        self._courses = list(course_rows(self._sources))
        self._costs = list(cost_rows(self._sources))
        self._weeks = list(placement_use_rows(self._sources))
        self.pipeline = list(pipeline_rows(self._sources, self._courses))

    def courses(self) -> Iterator[Row]:
        """Yield their courses, with the staff that each takes."""
        for course in self._courses:
            code = str(course["profession"])
            yield {
                **course,
                "profession": self._route[code]["trains"],
                "from_profession": self._route[code]["from_profession"],
                "fte_from": self._sources.figure("fte_from", code),
                "release_rate": self._sources.figure("release_rate", code),
            }

    def costs(self) -> Iterator[Row]:
        """Yield what a student costs."""
        return self._by_course(self._costs)

    def placement_use(self) -> Iterator[Row]:
        """Yield the placement weeks of a student."""
        return self._by_course(self._weeks)

    def spend(self) -> Use:
        """Return what the pipeline and a steady intake cost."""
        return self._use(Rates(self._costs, "fund", "cost"))

    def weeks(self) -> Use:
        """Return the placement weeks of the pipeline and a steady intake."""
        return self._use(Rates(self._weeks, "pool", "weeks"))

    def _use(self, rates: Rates) -> Use:
        return steady_use(self._sources, self._courses, self.pipeline, rates)

    def _by_course(self, rows: list[Row]) -> Iterator[Row]:
        """Yield rows of routes once for each of their courses."""
        for row in rows:
            for course in self._courses:
                if course["profession"] == row["profession"]:
                    yield {**row, "course": course["course"], "profession": ""}
