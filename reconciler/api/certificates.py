"""Whom we trust to say who the API is: the certificates that variables name, or those of certifi."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from pathlib import Path

from reconciler.model.errors import UsageError

_FILE, _FOLDER = "SSL_CERT_FILE", "SSL_CERT_DIR"


def trusted(environment: Mapping[str, str]) -> ssl.SSLContext | bool:
    """What httpx checks the certificates of hosts with: True, those of certifi, where no variable names any.

    Raises UsageError for a variable that names what cannot be read.
    """
    if file := environment.get(_FILE):
        return _from_file(file)
    if folder := environment.get(_FOLDER):
        if not all(Path(one).is_dir() for one in folder.split(os.pathsep)):
            raise UsageError(f"{_FOLDER} names {folder}, which is no folder: name one with certificates, or unset it")
        return ssl.create_default_context(capath=folder)
    return True


def trusted_from(environment: Mapping[str, str]) -> str:
    """The variable that names the certificates; empty where none does."""
    return next((name for name in (_FILE, _FOLDER) if environment.get(name)), "")


def _from_file(file: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=file)
    except ssl.SSLError:
        reason = "which holds no certificate in PEM form"
    except OSError as error:
        reason = f"which cannot be read ({error.strerror})"
    raise UsageError(f"{_FILE} names {file}, {reason}: name a file of certificates, or unset it")
