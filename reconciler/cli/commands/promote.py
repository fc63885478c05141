"""`reconciler promote`: files for the campaigns of one environment that have no twin in another one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reconciler.cli import options
from reconciler.cli.terminal import out, say
from reconciler.cli.twin_folders import campaigns_in, two_folders
from reconciler.files import disk
from reconciler.files import read as files
from reconciler.files.parts import from_key
from reconciler.importing.promote import Promotion, copied, lifted, part_for
from reconciler.model.campaign import Desired
from reconciler.model.document import Value
from reconciler.model.errors import ReconcilerError
from reconciler.model.fields import campaign_fields
from reconciler.model.words import count
from reconciler.plan.twins import compared, name_of
from reconciler.render.printable import clean


@options.values
class PromoteRequest:
    """Which campaigns get a twin, and where."""

    first: str = options.argument(metavar="FOLDER")
    second: str = options.argument(metavar="OTHER")
    names: tuple[str, ...] = options.repeatable(
        "--name", metavar="GLOB", help="Only campaigns with a name like this, as in 'Solar *'; repeatable."
    )
    lift: bool = options.flag("--lift", help="Move what can be shared into a part that both files take.")


@options.command(PromoteRequest, short_help="Write the files that another environment lacks.")
def command(given: PromoteRequest) -> int:
    """Write a file into the other folder for every campaign that has no twin there: none of the same name.

    It takes the same parts, and says the same but for id, agent_id and status, which are told as to be filled in.
    With --lift what both say goes into a part beside the folders. Comments are kept, no file is overwritten, and
    nothing is sent.

    \b
    Examples:
      reconciler promote campaigns/staging campaigns/production
      reconciler promote campaigns/staging campaigns/production --name 'Solar *' --lift
    """
    two_folders(given.first, given.second, may_begin=True)
    first, second = campaigns_in(given.first, given.second, given.names)
    missing = compared(campaign_fields(), first, second).only_first
    promoting = _Promoting(given, os.path.commonpath([os.path.abspath(f) for f in (given.first, given.second)]))  # noqa: PTH100
    done = [promoting.promote(one) for one in missing]
    if not missing:
        say(f"every campaign of {given.first} has a twin in {given.second}")
    if any(done):
        told = f"{count(sum(done), 'campaign')} promoted into {given.second}; nothing was sent"
        say(f"{told}. Fill in what is told above, then: reconciler plan {given.second}")
    return 0 if all(done) else 1


@dataclass(frozen=True, slots=True)
class _Promoting:
    """Promoting campaigns one after the other; `shared` is the folder that both environments are in."""

    given: PromoteRequest
    shared: str

    def promote(self, desired: Desired) -> bool:
        """Write the files of one campaign, or tell why not."""
        try:
            promotion = self._promotion(desired)
            self._write(promotion)
        except ReconcilerError as error:
            say(f"{desired.file} is not promoted: {error}")
            return False
        for file in promotion.new:
            out(clean(file))
        if promotion.own is not None:
            out(clean(desired.file))
        fill = ["id (reconciler pin writes it; where there is no such campaign, apply creates it)", *promotion.open]
        for one in fill:
            say(clean(f"{promotion.file}: to be filled in: {one}"))
        return True

    def _promotion(self, desired: Desired) -> Promotion:
        if not name_of(desired):
            raise ReconcilerError("it has no name, by which its twin would be known")
        below = os.path.relpath(desired.file, self.given.first)
        target = os.path.normpath(os.path.join(self.given.second, below))  # noqa: PTH118  text is enough
        text, fields = disk.content(desired.file), campaign_fields()
        if not self.given.lift:
            return copied(fields, desired, text, target)
        part = part_for(target, os.path.join(os.path.relpath(self.shared), os.path.dirname(below)))  # noqa: PTH118, PTH120
        return lifted(fields, desired, text, target, part)

    def _write(self, promotion: Promotion) -> None:
        """Write all of a campaign, or nothing: raises ReconcilerError."""
        if there := [file for file in promotion.new if os.path.lexists(file)]:
            raise ReconcilerError(f"{there[0]} is there already")
        was = _values(promotion.desired.file)
        try:
            for file, text in promotion.new.items():
                disk.write_new(Path(file), text.decode())
            _check(promotion, was)
            if promotion.own is not None:
                disk.rewrite(promotion.desired.file, disk.content(promotion.desired.file), promotion.own)
        except ReconcilerError:
            for file in promotion.new:
                Path(file).unlink(missing_ok=True)
            raise


def _values(file: str, text: bytes | None = None) -> Mapping[str, Value]:
    """What a campaign says with all that it inherits; `text` is what its file is taken to hold.

    Raises ReconcilerError where that cannot be read.
    """
    reading = files.read([file], {os.path.realpath(file): text} if text is not None else {})
    if errors := [problem for problem in reading.problems if problem.is_error]:
        raise ReconcilerError(str(errors[0]))
    return {name: value for name, value in reading.documents[0].values.items() if name != from_key()}


def _check(promotion: Promotion, was: Mapping[str, Value]) -> None:
    """Raise ReconcilerError where the campaign would not be what it was, or its twin could not be read as one."""
    now = _values(promotion.desired.file, promotion.own)
    if now != was or _values(promotion.file).get("name") != was.get("name"):
        raise ReconcilerError("it would not say what it says now: do it by hand")
