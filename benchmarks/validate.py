"""Time `reconciler validate` of a thousand files against a bare CSafeLoader parse of them, whole processes in turns.

A file has 35 named values: all 29 fields of a campaign, and start and end of three windows. It is valid, 70 lines
long, with 20 phone numbers, a literal block of eight lines, and comments. All files differ.

Usage: python benchmarks/validate.py [ROUNDS [FILES]]
"""

from __future__ import annotations

import importlib.util
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

GOAL = 3.0

BARE = """
import pathlib, sys, yaml
for file in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)
"""

# What the command does, without its command line: for a checkout that has no command yet.
DIRECT = """
import datetime, sys
from reconciler.model.fields import campaign_fields
from reconciler.files.read import read
from reconciler.desired.validate import validate
reading = read(sys.argv[1:])
desired, problems = validate(reading.documents, campaign_fields(), datetime.date.today())
sys.exit(bool(reading.problems or problems))
"""

CAMPAIGN = """\
# yaml-language-server: $schema=../schemas/campaign.schema.json
id: "c-{index:06}"
name: "Sales {index}, {word}"
description: |
{text}
campaign_type: {kind}
agent_id: "{agent}"
status: {status}

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


def seconds(command: list[str], bytecode: str) -> float:
    """How long a whole process takes, which has to end well; compiled modules are kept, as where it is installed."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env={**kept, "PYTHONPYCACHEPREFIX": bytecode})
    return time.perf_counter() - start


def tool() -> list[str]:
    """What validates a folder: the command, where the checkout has it."""
    has_command = all(map(importlib.util.find_spec, ["reconciler.__main__", "reconciler.cli.commands.validate"]))
    return [sys.executable, *(["-m", "reconciler", "validate"] if has_command else ["-c", DIRECT])]


def main(rounds: int, files: int) -> int:
    """Print the medians and their ratio; 1 where the goal is missed."""
    chance = random.Random(20991)  # noqa: S311  the same files every time, nothing secret
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as bytecode:
        for index in range(files):
            Path(folder, f"campaign-{index:05}.yaml").write_text(campaign(index, chance), encoding="utf-8")
        commands = {"bare CSafeLoader": [sys.executable, "-c", BARE], "validate": tool()}
        times: dict[str, list[float]] = {name: [] for name in commands}
        for turn in range(rounds + 1):
            for name, command in commands.items():
                taken = seconds([*command, folder], bytecode)
                if turn:  # the first turn fills the caches
                    times[name].append(taken)
    for name, row in times.items():
        print(f"{name:18} {statistics.median(row):7.3f} s  ({min(row):.3f} to {max(row):.3f})")
    ratio = statistics.median(ours / bare for bare, ours in zip(*times.values(), strict=True))
    print(f"{'ratio':18} {ratio:7.2f}    (median of {rounds} rounds, {files} files; the goal is {GOAL} at most)")
    return int(ratio > GOAL)


if __name__ == "__main__":
    sys.exit(main(*[int(given) for given in [*sys.argv[1:], *["7", "1000"][len(sys.argv) - 1 :]]]))
