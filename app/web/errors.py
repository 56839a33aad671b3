"""Every error is a page a person can act on: what happened, what to do, nothing typed lost."""

from __future__ import annotations

import structlog
from flask import Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, generate_csrf
from werkzeug.exceptions import HTTPException

from app.kit.refusals import Refused
from app.web import problems
from app.web.answers import wants_fragment
from app.web.doors import door_of
from app.web.resume import this_form

log = structlog.get_logger()

_SENTENCES = {
    400: "요청을 이해하지 못했어요. 처음 화면에서 다시 해 주세요.",
    403: "이 화면을 볼 수 없어요. 가게에 말씀해 주세요.",
    404: "찾으시는 화면이 없어요. 주소를 다시 확인해 주세요.",
    405: "이렇게는 열 수 없어요. 처음 화면에서 다시 해 주세요.",
    413: "보내신 내용이 너무 커요. 조금 줄여서 다시 해 주세요.",
    429: "잠깐 사이에 너무 많이 눌렀어요. 1분 뒤에 다시 해 주세요.",
    500: "저희 쪽에 문제가 생겼어요. 잠시 뒤에 다시 해 주세요. 적립한 도장은 그대로 있어요.",
}

# Whose page it is, by the least role its door asks for.
_WHOSE = {"manager": "사장님이나 매니저가 보는 화면이에요.", "owner": "사장님만 볼 수 있는 화면이에요."}

_STALE = "화면을 오래 열어 두어 다시 확인했어요. 적은 것은 그대로 있으니 한 번만 더 눌러 주세요."


def _as_sentence(status: int, sentence: str) -> tuple[str, int, dict[str, str]]:
    """The script shows this sentence as a toast; the page under it stays as it was."""
    return sentence, status, {"Content-Type": "text/plain; charset=utf-8", "X-Sentence": "1"}


def _page(status: int, sentence: str) -> ResponseReturnValue:
    if wants_fragment():
        return _as_sentence(status, sentence)
    return render_template("errors/error.html", status=status, sentence=sentence), status


def _refused(error: Refused) -> ResponseReturnValue:
    if problems.is_for_a_program():
        return problems.of_refusal(error)
    return _page(error.status, error.sentence)


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status in (301, 302, 303, 307, 308):
        return error.get_response()
    if problems.is_for_a_program():
        return problems.answer(problems.Problem(status), _kept(error))
    if status == 403 and (declared := door_of(current_app, request.endpoint or "")) is not None:
        return _page(status, _WHOSE.get(declared.role, _SENTENCES[403]))
    return _page(status, _SENTENCES.get(status, _SENTENCES[400 if status < 500 else 500]))


def _kept(error: HTTPException) -> dict[str, str]:
    """Return what of the usual answer's headers tells a program something: which methods, when to come again."""
    return {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}


def _stale_form(_error: CSRFError) -> ResponseReturnValue:
    """The form is older than its session: it comes back as it was, with a token that fits.

    In a page that runs scripts nothing typed moves: the answer carries the fresh token, page.js puts it
    into the forms, and the next press is good.
    """
    if wants_fragment():
        said, status, headers = _as_sentence(409, _STALE)
        return said, status, {**headers, "X-Form-Token": generate_csrf()}
    return render_template("public/resume.html", kept=this_form()), 400


def _unexpected(error: Exception) -> ResponseReturnValue:
    log.exception("request failed", path=request.path, method=request.method)
    if problems.is_for_a_program():
        return problems.answer(problems.Problem(500))
    return _page(500, _SENTENCES[500])


def register(app: Flask) -> None:
    """Give every refusal and every error its page."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(problems.Problem, problems.answer)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http)
    if not app.config["TESTING"]:
        app.register_error_handler(Exception, _unexpected)
