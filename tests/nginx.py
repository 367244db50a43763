"""nginx as `deploy/nginx.conf` has it, but for its addresses, its certificate and where it writes."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from tests.live.raw_phone import free_port

CONFIGURATION = Path(__file__).resolve().parents[1] / "deploy" / "nginx.conf"
PATIENCE = 30
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


class Nginx:
    """In front of workers on these ports; `port` speaks HTTP, `tls_port` HTTPS."""

    def __init__(self, folder: Path, workers: list[int]) -> None:
        program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
        if program is None:
            pytest.skip("nginx is missing: bin/setup --dev installs it")
        self.port, self.tls_port = free_port(), free_port()
        folder.mkdir()
        _make_certificate(folder)
        (folder / "nginx.conf").write_text(self._configuration(folder, workers))
        command = [program, "-p", str(folder), "-c", "nginx.conf", "-e", "error.log", "-g", "daemon off;"]
        self._process = subprocess.Popen(command)
        self._log = folder / "error.log"
        self._wait()

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE)

    def log(self) -> str:
        return self._log.read_text()

    def _wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while not (self._log.parent / "pid").exists():
            assert self._process.poll() is None, self.log()
            assert time.monotonic() < end
            time.sleep(0.05)

    def _configuration(self, folder: Path, workers: list[int]) -> str:
        ports = "".join(f"server 127.0.0.1:{port} max_fails=3 fail_timeout=2s;\n" for port in workers)
        places = "".join(f"{each}_temp_path temp_{each};\n" for each in _TEMPORARY)
        text = CONFIGURATION.read_text()
        for old, new in (
            (r"^worker_processes", f"pid {folder}/pid;\nuser {folder.owner()};\nworker_processes"),
            (r"^http \{", f"http {{\n{places}"),
            (r"server facilitator:8000 [^;]*;", ports),
            (r"listen 80;", f"listen 127.0.0.1:{free_port()};"),
            (r"listen 443 ssl http2;", f"listen 127.0.0.1:{self.tls_port} ssl http2; listen 127.0.0.1:{self.port};"),
            (r"/etc/nginx/tls/", f"{folder}/"),
        ):
            text, count = re.subn(old, new, text, flags=re.MULTILINE)
            assert count, f"{old} is not in deploy/nginx.conf"
        return text


def _make_certificate(folder: Path) -> None:
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    )
    files = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run([*command.split(), *files], check=True, capture_output=True)
