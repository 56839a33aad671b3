"""`make run`: check, clear, prepare, then keep Valkey, the web and the worker running together."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from config import ROOT, Config, read_config
from launch import checks, keys, kinship, reach, services, valkey
from launch.refusal import CannotRun
from launch.supervisor import Supervisor

EXIT_BAD = 2
ANSWER_SECONDS = 90.0


@dataclass(frozen=True)
class Plan:
    """What is about to be started."""

    config: Config
    base_url: str
    socket: Path | None  # of the embedded Valkey, None with REDIS_URL
    run_dir: Path
    env: dict[str, str]

    @property
    def certificate_port(self) -> int:
        """Where phones fetch the local authority's certificate with TLS=1."""
        return self.config.port + 1


def main() -> int:
    """Run until stopped; return the exit code of `make run`."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        config = checked_config()
        plan = make_plan(config)
        # Held until this process ends: two supervisors on one data folder would fight over everything.
        with checks.only_run(plan.run_dir):
            for name in kinship.clear_stale(plan.run_dir):
                print(f"Ended a left-over process of a run that crashed: {name}", file=sys.stderr)
            make_ready(plan)
            return keep_running(plan, prepare_data(plan))
    except CannotRun as refusal:
        print("\n".join(refusal.sentences), file=sys.stderr)
        return EXIT_BAD
    except KeyboardInterrupt:
        return 130


def checked_config() -> Config:
    """Read the settings and try the data folder. Raises CannotRun with all that is wrong."""
    config, wrong = read_config(need_secrets=False)
    wrong += checks.folder_is_writable(config.data_dir)
    wrong += services.complaints(config)
    if wrong:
        # The port is tried here too, so that the list is whole; a left-over process could hold it,
        # so without other complaints it is tried after those were cleared.
        raise CannotRun(*wrong, *busy_ports(config))
    return config


def busy_ports(config: Config) -> list[str]:
    """Return a sentence for each port we need and cannot have."""
    busy = checks.port_is_free(config.host, config.port)
    if config.tls and not busy:
        busy = checks.port_is_free(config.host, config.port + 1)
    return busy


def make_plan(config: Config) -> Plan:
    """Lay out folders, addresses and the environment of the children. Raises CannotRun."""
    run_dir = config.data_dir / "run"
    socket = None if config.redis_url else checks.socket_folder(config.data_dir) / "v.sock"
    env = {**os.environ, "DATA": str(config.data_dir), "PYTHONUNBUFFERED": "1", "FLASK_APP": "wsgi:app"}
    if socket is not None:
        env["REDIS_URL"] = valkey.socket_url(socket)
    # The children print the same address on posters and in letters as we print here: not 127.0.0.1 for HOST=0.0.0.0.
    env["REACH_URL"] = base_url = reach.base_url(config)
    return Plan(config, base_url, socket, run_dir, env)


def make_ready(plan: Plan) -> None:
    """With the folder ours and old processes gone: port, keys, certificates. Raises CannotRun."""
    if busy := busy_ports(plan.config):
        raise CannotRun(*busy)
    keys.make_missing(plan.config)
    if plan.config.tls:
        from launch import tls  # only with TLS=1: cryptography would stay in memory for nothing

        tls.make_certificates(plan.config)


def prepare_data(plan: Plan) -> str:
    """Migrate, fill an empty demo and return the lines with links. Raises CannotRun when that fails."""
    command = [sys.executable, "-m", "flask", "prepare", "--base", plan.base_url]
    tie = kinship.dying_with(os.getpid(), signal.SIGTERM)
    done = subprocess.run(
        command, cwd=ROOT, env=plan.env, stdout=subprocess.PIPE, text=True, preexec_fn=tie, check=False
    )
    if done.returncode:
        raise CannotRun("The database could not be prepared; the lines above say why. Nothing was started.")
    return done.stdout


def announce(plan: Plan, links: str) -> None:
    """Print where to go once the web process answers."""
    if not reach.wait_until_answers(plan.config, ANSWER_SECONDS):
        print(f"The web process has not answered within {ANSWER_SECONDS:.0f} seconds.", file=sys.stderr)
        return
    lines = ["", links.rstrip("\n"), ""]
    coloured = sys.stdout.isatty()
    if reach.reachable_from_phone(plan.base_url):
        if plan.config.tls:
            steps = plan.base_url.replace("https://", "http://").rsplit(":", 1)[0]
            steps = f"{steps}:{plan.certificate_port}/"
            lines += [reach.terminal_qr(steps, coloured=coloured), f"1. Trust this server once: {steps}", ""]
        customer = next(
            (line.split()[1] for line in links.splitlines() if line.startswith("customer ")), None
        )
        if customer:
            step = "2. Then the customer's link" if plan.config.tls else "The customer's link"
            lines += [reach.terminal_qr(customer, coloured=coloured), f"{step}: {customer}", ""]
        if not plan.config.tls and plan.base_url.startswith("http://"):
            lines += [
                "Plain http is for the demo. A real shop needs PUBLIC_URL=https://… or make run TLS=1.",
                "",
            ]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def keep_running(plan: Plan, links: str) -> int:
    """Start all processes and return once all have ended."""
    supervisor = Supervisor(plan.run_dir, last="valkey")
    python = sys.executable
    if plan.socket is not None:
        folder = plan.config.data_dir / "valkey"
        folder.mkdir(mode=0o700, exist_ok=True)
        checks.make_private(plan.socket.parent)
        plan.socket.unlink(missing_ok=True)
        supervisor.keep("valkey", valkey.command(plan.socket, folder), plan.env, ROOT)
    web = [python, "-m", "gunicorn", "--config", "gunicorn.conf.py", "wsgi:app"]
    supervisor.keep("web", web, plan.env, ROOT)
    supervisor.keep("worker", [python, "worker.py"], plan.env, ROOT)
    if plan.config.tls:
        where = [plan.config.host, str(plan.certificate_port)]
        what = [str(plan.config.tls_ca_file), plan.base_url]
        supervisor.keep("certificate", [python, "-m", "launch.certificate", *where, *what], plan.env, ROOT)
    code = supervisor.run(lambda: announce(plan, links))
    if plan.socket is not None:
        shutil.rmtree(plan.socket.parent, ignore_errors=True)
    for sentence in supervisor.fallen:
        print(sentence, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
