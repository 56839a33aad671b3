"""Hands our local authority's certificate to phones over plain http, with the steps to trust it.

    python -m launch.certificate HOST PORT CA_FILE HTTPS_URL

Plain http because a phone that does not trust us yet could not open https; the certificate is public.
"""

from __future__ import annotations

import html
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PAGE = """<!doctype html>
<html lang="ko"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>이 가게 주소 믿기</title>
<style>
:root{{color-scheme:light dark}}
body{{font:17px/1.6 system-ui,sans-serif;max-width:30rem;margin:0 auto;padding:24px 16px;
background:#FAF6EF;color:#1C1A17;word-break:keep-all}}
h1{{font-size:26px}} h2{{font-size:20px;margin-bottom:0}}
a.go{{display:block;margin:16px 0;padding:16px;border-radius:14px;background:#24408E;color:#fff;
text-align:center;text-decoration:none;font-weight:600}}
@media(prefers-color-scheme:dark){{body{{background:#14130F;color:#F5F1EA}}
a.go{{background:#A9BEFF;color:#0E1F52}} a{{color:#A9BEFF}}}}
</style>
<h1>이 가게 주소 믿기</h1>
<p>가게 안에서 안전한 주소(https)로 열 수 있게, 인증서를 한 번만 설치해요. 사장님과 직원의 휴대폰에만 하면 돼요.</p>
<a class="go" href="/ca.crt">1. 인증서 내려받기</a>
<h2>아이폰</h2>
<p>설정 › 일반 › VPN 및 기기 관리에서 내려받은 프로파일을 설치하고,
설정 › 일반 › 정보 › 인증서 신뢰 설정에서 Dangol을 켜 주세요.</p>
<h2>안드로이드</h2>
<p>설정에서 “CA 인증서”를 찾아 누르고, 내려받은 파일 dangol-ca.crt를 골라 주세요.</p>
<a class="go" href="{url}">2. 안전한 주소 열기</a>
<p>이 인증서는 우리 가게 안쪽 주소에만 쓰여요. 다른 사이트에는 쓰이지 않아요.</p>
</html>
"""


def server(host: str, port: int, ca_file: Path, https_url: str) -> ThreadingHTTPServer:
    """Return a server with two pages, the steps and the certificate; the caller runs it."""
    page = PAGE.format(url=html.escape(https_url, quote=True)).encode()
    answers = {
        "/": ("text/html; charset=utf-8", page),
        "/ca.crt": ("application/x-x509-ca-cert", ca_file.read_bytes()),
    }

    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            found = answers.get(self.path.partition("?")[0])
            if found is None:
                self.send_error(404)
                return
            kind, body = found
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            if kind.startswith("application/"):
                self.send_header("Content-Disposition", 'attachment; filename="dangol-ca.crt"')
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            return  # who asked is nobody's business

    ThreadingHTTPServer.address_family = _family(host)
    return ThreadingHTTPServer((host, port), Handler)


def _family(host: str) -> int:
    import socket

    return socket.AF_INET6 if ":" in host else socket.AF_INET


def main(arguments: list[str]) -> int:
    """Serve until SIGTERM."""
    host, port, ca_file, https_url = arguments
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with server(host, int(port), Path(ca_file), https_url) as serving:
        serving.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
