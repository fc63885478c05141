"""Over real TLS: a CA of one's own is trusted where SSL_CERT_FILE names it, on this machine too."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from reconciler.api.certificates import trusted
from reconciler.model.errors import UsageError
from tests.support.client import ID, READ, Canned, failure, talking_to

OPENSSL = shutil.which("openssl")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a CA (`ca.pem`) and what it made for this machine (`host.pem`, with its key)."""
    if OPENSSL is None:
        pytest.skip("openssl is not installed: no certificates can be made")
    folder = tmp_path_factory.mktemp("authority")
    new = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    ca = ["-subj", "/CN=Our own CA", "-addext", "keyUsage=keyCertSign", "-keyout", "ca.key", "-out", "ca.pem"]
    host = ["-subj", "/CN=This machine", "-addext", "subjectAltName=IP:127.0.0.1", "-CA", "ca.pem", "-CAkey", "ca.key"]
    for arguments in ([*new, *ca], [*new, *host, "-keyout", "host.key", "-out", "host.pem"]):
        subprocess.run([OPENSSL, *arguments], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture
def tls(authority: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(authority / "host.pem", authority / "host.key")
    return context


@pytest.mark.processes
def test_a_ca_of_ones_own_is_trusted_where_its_file_is_named(authority: Path, tls: ssl.SSLContext) -> None:
    variables = {"SSL_CERT_FILE": str(authority / "ca.pem")}
    with Canned(body=b'{"data": {}}', tls=tls) as server, talking_to(server.base_url, variables=variables) as client:
        assert client.send(READ).attempts == 1


@pytest.mark.processes
@pytest.mark.parametrize(
    ("variables", "hint"),
    [
        ({}, "name the file of your own CA in SSL_CERT_FILE"),
        ({"SSL_CERT_DIR": "."}, "SSL_CERT_DIR does not hold who made it"),
    ],
)
def test_a_certificate_that_nobody_trusts_is_told_with_what_to_do(
    variables: dict[str, str], hint: str, tls: ssl.SSLContext
) -> None:
    with Canned(tls=tls) as server, talking_to(server.base_url, variables=variables) as client:
        error = failure(client, READ, once=True)

    host = server.base_url.split("/")[2]
    assert str(error).startswith(f"GET /campaigns/{ID}: no connection to {host}: [SSL: CERTIFICATE_VERIFY_FAILED]")
    assert str(error).endswith(f": {hint}")


def test_a_folder_of_certificates_or_none_will_do(tmp_path: Path) -> None:
    assert isinstance(trusted({"SSL_CERT_DIR": str(tmp_path)}), ssl.SSLContext)
    assert trusted({"SSL_CERT_FILE": ""}) is True


@pytest.mark.parametrize(
    ("variable", "name", "told"),
    [
        ("SSL_CERT_FILE", "missing.pem", "which cannot be read (No such file or directory)"),
        ("SSL_CERT_FILE", ".", "which cannot be read (Is a directory)"),
        ("SSL_CERT_FILE", "text.pem", "which holds no certificate in PEM form"),
        ("SSL_CERT_DIR", "text.pem", "which is no folder"),
    ],
)
def test_certificates_that_cannot_be_read_are_told_by_their_variable(
    variable: str, name: str, told: str, tmp_path: Path
) -> None:
    (tmp_path / "text.pem").write_text("no certificate\n", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        trusted({variable: str(tmp_path / name)})

    assert str(caught.value).startswith(f"{variable} names {tmp_path / name}, {told}: name ")
