"""Build the virtual environment from the hash-locked requirements, then become the wanted program.

    python3 launch/bootstrap.py [--dev] [-- program arguments...]

Standard library only, and written so that an old Python can still read it and say that it is too old.
A lock that was installed is not installed again: its SHA-256 is kept inside the environment.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from typing import Callable, List, Optional, Tuple

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OLDEST, NEWEST = (3, 11), (3, 13)
LOCKS = {"run": "requirements.txt", "dev": "requirements-dev.txt"}
EXIT_BAD = 2


class CannotStart(Exception):
    """The environment cannot be built; the message is the one line to show."""


def suits(version: "Tuple[int, ...]") -> bool:
    """Say whether a (major, minor) version is one the lock was made for."""
    return OLDEST <= tuple(version) <= NEWEST


def version_of(python: str) -> "Optional[Tuple[int, int]]":
    """Return (major, minor) of an interpreter, or None when it does not run (a pyenv shim may not)."""
    probe = "import sys; print('%d %d' % sys.version_info[:2])"
    try:
        answer = subprocess.run(
            [python, "-c", probe], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=20, check=True
        ).stdout
        major, minor = answer.split()
        return int(major), int(minor)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def choose_python(running: str, search: "Callable[[str], Optional[str]]") -> str:
    """Return the interpreter to build with: the running one when it suits, else the newest that does.

    `search(name)` returns a path or None, like shutil.which. Raises CannotStart with one line.
    """
    if suits(version_of(running) or (0, 0)):
        return running
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        found = search("python3.%d" % minor)
        if found and suits(version_of(found) or (0, 0)):
            return found
    have = ".".join(str(part) for part in (version_of(running) or ("?",)))
    raise CannotStart(
        "Python 3.11, 3.12 or 3.13 is needed, this one is %s. Install one, or name it: make PYTHON=/path/to/python3.11"
        % have
    )


def lock_hash(lock_file: str) -> str:
    """Return what stands for "this lock is installed": its SHA-256, in hex."""
    with open(lock_file, "rb") as lock:
        return hashlib.sha256(lock.read()).hexdigest()


def mark_of(venv: str, kind: str) -> str:
    """Return the path of the file that remembers which lock was installed."""
    return os.path.join(venv, ".installed-%s" % kind)


def is_installed(venv: str, kind: str, wanted: str) -> bool:
    """Say whether the environment already holds exactly this lock."""
    try:
        with open(mark_of(venv, kind), encoding="ascii") as mark:
            return mark.read().strip() == wanted
    except OSError:
        return False


def venv_python(venv: str) -> str:
    """Return the path of the environment's interpreter."""
    return os.path.join(venv, "bin", "python")


def make_venv(python: str, venv: str) -> None:
    """Create the environment, or make it anew when its interpreter no longer runs. Raises CannotStart."""
    if suits(version_of(venv_python(venv)) or (0, 0)):
        return
    missing = subprocess.run([python, "-c", "import ensurepip, venv"], stderr=subprocess.DEVNULL).returncode
    if missing:
        version = "%d.%d" % (version_of(python) or OLDEST)
        raise CannotStart(
            "This Python cannot make virtual environments. On Debian or Ubuntu: sudo apt-get install python%s-venv"
            % version
        )
    print("Making the environment %s" % os.path.relpath(venv, ROOT), flush=True)
    if subprocess.run([python, "-m", "venv", "--clear", venv]).returncode:
        raise CannotStart("The environment %s could not be made; the lines above say why." % venv)


def install(venv: str, kind: str) -> None:
    """Install one lock with its hashes unless it is there already. Raises CannotStart."""
    lock_file = os.path.join(ROOT, LOCKS[kind])
    wanted = lock_hash(lock_file)
    if is_installed(venv, kind, wanted):
        return
    print("Installing %s (only when it changed)" % LOCKS[kind], flush=True)
    pip = [venv_python(venv), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    if subprocess.run(pip + ["--require-hashes", "--requirement", lock_file]).returncode:
        raise CannotStart("%s could not be installed; the lines above say why. Run it again." % LOCKS[kind])
    # Written last: an installation that was cut off is done again.
    with open(mark_of(venv, kind), "w", encoding="ascii") as mark:
        mark.write(wanted + "\n")


def prepare(venv: str, kinds: "List[str]") -> None:
    """Bring the environment to the locks, one process at a time. Raises CannotStart."""
    import fcntl

    wanted = [(kind, lock_hash(os.path.join(ROOT, LOCKS[kind]))) for kind in kinds]
    if os.path.exists(venv_python(venv)) and all(is_installed(venv, *pair) for pair in wanted):
        return  # the usual start: nothing is asked of any other program
    folder = os.path.dirname(venv)
    if not os.access(folder, os.W_OK):
        raise CannotStart("The folder %s is read-only; the environment is made in it." % folder)
    with open(venv.rstrip("/") + ".lock", "w") as waiting:
        fcntl.flock(waiting, fcntl.LOCK_EX)
        make_venv(choose_python(sys.executable, shutil.which), venv)
        for kind in kinds:
            install(venv, kind)


def main(arguments: "List[str]") -> int:
    """Prepare the environment and hand over to the program named after `--`; return an exit code."""
    venv = os.path.join(ROOT, os.environ.get("VENV") or ".venv")
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    options, program = arguments[:cut], arguments[cut + 1 :]
    try:
        prepare(venv, ["run", "dev"] if "--dev" in options else ["run"])
    except CannotStart as reason:
        print(str(reason), file=sys.stderr)
        return EXIT_BAD
    if program:
        sys.stdout.flush()
        os.chdir(ROOT)
        os.environ["PATH"] = os.path.join(venv, "bin") + os.pathsep + os.environ.get("PATH", os.defpath)
        os.execv(venv_python(venv), [venv_python(venv)] + program)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
