"""The proof that waiting for closed hours loses nothing: wherever an apply is cut, the next ones come to the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from reconciler.apply.context import ApplyOptions, WhenClosed
from tests.proof.test_cuts import WAYS
from tests.support.office import HOURS, LUNCH, NIGHT
from tests.support.plans import desired
from tests.support.trouble import FOR_EVER, Cut, stamp
from tests.support.world import Run, World, new_world

pytestmark = [pytest.mark.no_cover, pytest.mark.thorough]

# One goes in its lunch break, and what tightens of it at once; the other is closed when the world begins.
FILES = (
    desired("c.yaml", "id: c\ndays_of_week: [1, 2, 3, 4, 5, 6]\nmax_retries: 2"),
    desired("d.yaml", "id: d\nend_date: '2027-12-31'\nmax_retries: 5"),
)
EVENTS = 24


def applied(world: World, hours: int = 30) -> Run:
    until = datetime.fromisoformat(stamp(world.seconds)).astimezone(UTC) + timedelta(hours=hours)
    return world.run(FILES, ApplyOptions(when_closed=WhenClosed(until)))


def came_to(world: World) -> tuple[object, ...]:
    lunch, night = (world.bench.campaign(name) for name in "cd")
    return (
        lunch["status"],
        lunch["days_of_week"],
        lunch["max_retries"],
        night["status"],
        night["end_date"],
        world.entries,
    )


def fill(world: World) -> None:
    world.put("c", **HOURS, **LUNCH)
    world.put("d", **HOURS, **NIGHT)


@pytest.mark.parametrize("tries", [1, FOR_EVER], ids=["once", "for good"])
@pytest.mark.parametrize("way", WAYS)
def test_wherever_it_is_cut_the_next_ones_come_to_the_same(way: str, tries: int) -> None:
    for first in range(1, EVENTS + 1):
        with new_world() as world:
            fill(world)
            world.cuts = (Cut(WAYS[way], first=first, tries=tries),)
            applied(world, 4)
            world.cuts = ()
            applied(world)
            applied(world)

            assert came_to(world) == ("active", [1, 2, 3, 4, 5, 6], 2, "active", "2027-12-31", ())


def test_a_run_that_nothing_cuts_has_so_many_events() -> None:
    with new_world() as world:
        fill(world)

        assert len(applied(world, 4).events) == EVENTS
