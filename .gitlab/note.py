"""Keeps one note on a merge request up to date: `python3 -I note.py FILE MARK [--unless-new]`, in a job of GitLab CI.

The note is found by its mark among those that the token's own user wrote; with `--unless-new` none is begun. The token
is the variable CAMPAIGNS_NOTE_TOKEN: that of a job may not write notes. Needs nothing but Python.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

_A_PAGE = 100
_SECONDS = 30


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The token goes to the API of this GitLab, and nowhere that an answer names."""

    def redirect_request(self, *_: object) -> None:
        """Take the redirect for the error that it is."""


def _send(method: str, path: str, body: dict[str, str] | None = None) -> Any:  # noqa: ANN401 - whatever the API answers
    request = urllib.request.Request(
        f"{os.environ['CI_API_V4_URL']}/{path}",
        data=json.dumps(body).encode() if body else None,
        headers={"PRIVATE-TOKEN": os.environ["CAMPAIGNS_NOTE_TOKEN"], "Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.build_opener(_NoRedirects).open(request, timeout=_SECONDS) as answer:
        return json.load(answer)


def _ours(notes: str, mark: str) -> int | None:
    """The number of the note with this mark that the token's user wrote; others may write the mark, too."""
    me, page = _send("GET", "user")["id"], 1
    while found := _send("GET", f"{notes}?sort=asc&per_page={_A_PAGE}&page={page}"):
        for note in found:
            if note["author"]["id"] == me and mark in note["body"]:
                return int(note["id"])
        page += 1
    return None


def main(file: str, name: str, *options: str) -> str:
    """Write the note; returns what was done."""
    mark = f"<!-- campaigns: {name} -->"
    notes = f"projects/{os.environ['CI_PROJECT_ID']}/merge_requests/{os.environ['CI_MERGE_REQUEST_IID']}/notes"
    body = {"body": f"{Path(file).read_text(encoding='utf-8').rstrip()}\n\n{mark}"}
    ours = _ours(notes, mark)
    if ours is not None:
        _send("PUT", f"{notes}/{ours}", body)
        return "the note is up to date"
    if "--unless-new" in options:
        return "no campaign is touched, and no note says otherwise: none is written"
    _send("POST", notes, body)
    return "the note is written"


if __name__ == "__main__":
    try:
        sys.stdout.write(f"{main(*sys.argv[1:])}\n")
    except (OSError, KeyError, ValueError) as error:
        # An HTTPError is an OSError; none of these holds the token.
        sys.exit(f"the note could not be written, and the artifacts hold the plan: {type(error).__name__}: {error}")
