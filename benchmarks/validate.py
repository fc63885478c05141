"""Time `reconciler validate` against a bare CSafeLoader parse of the same files, whole processes in turns.

A file has 35 named values: all 29 fields of a campaign, and start and end of three windows. It is valid, 70 lines
long, with 20 phone numbers, a literal block of eight lines, and comments, as `fmt` leaves it. All files differ. With
`--doubtful` one file in two has something to doubt in it, which has to be told with its place.

Usage: python benchmarks/validate.py [--doubtful] [FILES ...]
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import side_by_side as bench


class Goal(NamedTuple):
    """How many times the bare parse it may take, how much memory in MiB, and in how many rounds that is measured."""

    ratio: float
    mebibytes: float
    rounds: int


GOALS = {1_000: Goal(1.2, 30, 9), 10_000: Goal(0.9, 99, 3), 50_000: Goal(0.9, 402, 1)}
# Something to doubt in every second file costs no second reading of it.
DOUBTFUL = 1.5

BARE = """
import pathlib, sys, yaml
for file in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)
"""

CAMPAIGN = """\
# yaml-language-server: $schema=../schemas/campaign.schema.json
id: "c-{index:06}"
status: {status}
name: "Sales {index}, {word}"
description: |
{text}
campaign_type: {kind}
agent_id: "{agent}"

# When
start_date: "2099-{month:02}-{day:02}"
end_date: "2100-{month:02}-{day:02}"
days_of_week: {days}
call_time_ranges:
  - start: "09:{minute:02}"
    end: "11:45"
  - start: "12:{minute:02}"
    end: "15:00"
  - start: "16:{minute:02}"
    end: "18:00"
timezone: {zone}

# How often
initial_call_delay: {delay}
max_retries: {retries}
retry_cooldown_hours: {hours[0]}
auto_complete: {flags[0]}
retry_on_no_conversion: {flags[1]}
enable_post_completion_cooldown: {flags[2]}
post_completion_cooldown_hours: {hours[1]}
success_cooldown_hours: {hours[2]}
voicemail_cooldown_hours: {hours[3]}
no_answer_cooldown_hours: {hours[4]}
busy_cooldown_hours: {hours[5]}
failed_cooldown_hours: {hours[6]}

# Who is left alone
do_not_call_enabled: {flags[3]}
do_not_call_list_source: custom
do_not_call_custom_list:
{phones}
auto_add_to_dnc_enabled: {flags[4]}
auto_dnc_trigger_statuses: [completed, voicemail]
auto_dnc_trigger_errors: [invalid_number, disconnected]
"""
WORDS = ("spring", "summer", "autumn", "winter", "renewals", "upgrades", "surveys", "welcome", "partners", "events")
ZONES = ("America/New_York", "America/Chicago", "Europe/London", "Europe/Madrid", "Asia/Tokyo")


def campaign(index: int, chance: random.Random) -> str:
    """One valid campaign file; the same `chance` makes the same file."""
    return CAMPAIGN.format(
        index=index,
        word=chance.choice(WORDS),
        text="\n".join("  " + " ".join(chance.choices(WORDS, k=9)) for _ in range(8)),
        kind=chance.choice(["sales", "follow_up", "reminder", "custom"]),
        agent=f"{chance.getrandbits(128):032x}",
        status=chance.choice(["draft", "active", "paused"]),
        month=chance.randint(1, 12),
        day=chance.randint(1, 28),
        days=sorted(chance.sample(range(1, 6), k=chance.randint(1, 5))),
        minute=chance.randint(0, 40),
        zone=chance.choice(ZONES),
        delay=chance.randint(0, 3600),
        retries=chance.randint(0, 10),
        hours=[chance.randint(1, 168) for _ in range(7)],
        flags=[chance.choice(["true", "false"]) for _ in range(5)],
        phones="\n".join(f'  - "+1{chance.randint(2_000_000_000, 9_999_999_999)}"' for _ in range(20)),
    )


def measured(files: int, folder: str, bytecode: str, *, is_doubtful: bool) -> bool:
    """Measure so many files, and print what it took; whether the goals are met."""
    goal = GOALS.get(files, Goal(0.9, float("inf"), 1))
    chance = random.Random(20991)  # noqa: S311  the same files every time, nothing secret
    for index in range(files):
        text = campaign(index, chance)
        doubtful = text.replace('"18:00"', '"23:30"') if is_doubtful and index % 2 else text
        Path(folder, f"campaign-{index:05}.yaml").write_text(doubtful, encoding="utf-8")
    commands = {
        "bare": [sys.executable, "-c", BARE, folder],
        "validate": [sys.executable, "-m", "reconciler", "validate", folder],
    }
    found = bench.in_turns(commands, goal.rounds, bytecode)
    bare, ours = found["bare"], found["validate"]
    print(f"{files:,} files: bare parse {bench.seconds(bare):.3f} s, validate {bench.seconds(ours):.3f} s")
    is_quick = bench.told(
        f"  validate of {files:,}, times the bare parse",
        bench.ratio(ours, bare),
        DOUBTFUL if is_doubtful else goal.ratio,
    )
    is_small = bench.told(
        f"  peak memory of {files:,}", bench.mebibytes(ours), goal.mebibytes * (1 + is_doubtful), " MiB"
    )
    return is_quick and is_small


def main(sizes: Sequence[int], *, is_doubtful: bool) -> int:
    """Measure each number of files; 1 where a goal is missed."""
    met = []
    for files in sizes or GOALS:
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as bytecode:
            met.append(measured(files, folder, bytecode, is_doubtful=is_doubtful))
    return int(not all(met))


if __name__ == "__main__":
    sizes = [int(given) for given in sys.argv[1:] if given != "--doubtful"]
    sys.exit(main(sizes, is_doubtful="--doubtful" in sys.argv))
