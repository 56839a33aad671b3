"""What people who wish a shop ill type into its fields (S07): script in every place HTML lets it run."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup

# Each would make an element, an attribute or a dialog of its own if one place forgot to escape it.
PAYLOADS = [
    # Twenty characters and fewer: these fit a name.
    "<svg onload=alert()>",
    "<script>alert(1)//",
    '"><script>alert()//',
    "'><svg onload=top()>"[:20],
    "<b onclick=alert()>",
    '"onfocus=alert() x="',
    "'onclick=alert() x='",
    "<a href=//x.example>",
    "</title><svg/onload>",
    "</script><script src",
    "<iframe src=//x.kr>",
    "<base href=//x.kr/>",
    "<object data=//x.kr>",
    "<embed src=//x.kr>",
    "<style>*{all:unset}",
    "<!--><svg onload=a>",
    "]]><script>alert()//",
    "{{7*7}}{%set x=1%}",
    "${alert(1)}`${x}`",
    "&lt;b&gt;&#60;i&#62;",
    "javascript:alert(1)",
    "\\u003csvg onload\\u003e"[:20],
    "<x hx-get=/owner>",
    "<form action=//x.kr>",
    "<input autofocus>",
    # Up to sixty: likes, a reason, an address.
    "<script>alert(document.domain)</script>",
    "<img src=x onerror=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "'><img src=x onerror=alert(1)>",
    "<svg><script>alert&#40;1&#41;</script>",
    "<svg/onload=alert`1`>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<input onfocus=alert(1) autofocus>",
    "<select onfocus=alert(1) autofocus>",
    "<textarea onfocus=alert(1) autofocus>",
    "</textarea><script>alert(1)</script>",
    "</option></select><svg onload=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<meta http-equiv=refresh content=0;url=//x.example>",
    "<link rel=stylesheet href=//x.example/x.css>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<math><mi xlink:href=javascript:alert(1)>x</mi></math>",
    "<a href=javascript:alert(1)>눌러 보세요</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<div style=position:fixed;inset:0>덮개</div>",
    "<div hx-get=/owner/more hx-trigger=load></div>",
    "<div hx-on:load=alert(1)></div>",
    "<button formaction=//x.example>저장하기</button>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><use href='data:image/svg+xml,<svg id=x />#x' />",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "\u202e<script>alert(1)</script>\u202c",
    "＜script＞alert(1)＜/script＞",
    "<script\t>alert(1)</script\t>",
    "<dialog open oncancel=alert(1)>확인</dialog>",
    '" style="background:url(//x.example)" x="',
]

# An element or attribute that only a payload could have brought: our pages have none of these (pages.py, inline).
INJECTED = ",".join(
    [
        *(
            f"[on{event}]"
            for event in ["load", "error", "click", "focus", "toggle", "start", "begin", "cancel"]
        ),
        *(
            "[style*=position]",
            "[style*=url]",
            "[hx-on\\:load]",
            "[hx-get='/owner/more']",
            "[href^='javascript:']",
        ),
        *(f"[{name}^='//x.']" for name in ("href", "src", "action", "formaction", "data")),
        *(
            "script:not([src]):not([type='application/ld+json'])",  # facts: tests/pages.py reads them
            "script[src='']",
            "iframe",
            "object",
            "embed",
            "base",
            "meta[http-equiv]",
            "style",
        ),
        *("math", "marquee", "animate", "audio", "template", "x", "main title", "dialog[open]"),
    ]
)


def fitting(longest: int, *, braces: bool = True) -> list[str]:
    """Return the payloads of at most so many characters; without those that hold braces on request."""
    return [each for each in PAYLOADS if len(each) <= longest and (braces or not {"{", "}"} & set(each))]


def packed(longest: int, *, braces: bool = True) -> list[str]:
    """Return texts of at most so many characters that hold all payloads that fit: each in the first with room."""
    texts: list[str] = []
    for each in fitting(longest, braces=braces):
        for number, text in enumerate(texts):
            if len(text) + 1 + len(each) <= longest:
                texts[number] = f"{text} {each}"
                break
        else:
            texts.append(each)
    return texts


# What one of INJECTED's selectors asks for at all: most of a page's elements need no closer look.
_NAMES = set(re.findall(r"(?:^|,)([a-z]+)", INJECTED)) | {"title", "dialog", "meta", "script"}
_HANDLERS = ("on", "hx-on", "style")


def injected(soup: BeautifulSoup) -> list[str]:
    """Return what payloads made of themselves in a parsed page: INJECTED, and anything that would run at an event."""
    doubtful = [
        tag
        for tag in soup.find_all(True)
        if tag.name in _NAMES
        or any(name.startswith(_HANDLERS) for name in tag.attrs)
        or any(
            bad in str(value)
            for value in tag.attrs.values()
            for bad in ("//x.", "javascript:", "/owner/more")
        )
    ]
    return [
        str(tag)[:200]
        for tag in doubtful
        if any(name.startswith(_HANDLERS) for name in tag.attrs) or tag.css.match(INJECTED)
    ]
