"""gunicorn's settings; what differs per deployment comes from config.py."""

from __future__ import annotations

import os

from config import load_config

_config = load_config()

bind = _config.bind
worker_class = "gthread"
workers = _config.web_processes
threads = _config.web_threads
preload_app = True
# The supervisor gives everybody five seconds; answers in flight get four of them.
graceful_timeout = 4
timeout = 60
keepalive = 5
# Paths hold tokens and card codes; the product writes its own masked log lines.
accesslog = None
loglevel = "warning"
# A heartbeat file on a slow disk can stall a worker long enough to look dead.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
control_socket_disable = True

if _config.tls:
    certfile = str(_config.tls_dir / "leaf.crt")
    keyfile = str(_config.tls_dir / "leaf.key")
