"""Takes Korean sentences apart into morphemes (kiwipiepy). Run by itself, in a process that ends (kit/morphemes.py):

    python -I morphemes_process.py TEXTS ANSWER

Its model takes some 300 MB as long as it is loaded; nothing else of the product should hold that for a look once a night.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def main(source: str, answer: str) -> int:
    """Read the texts (JSON) and write the morphemes of each, form and tag, in order."""
    try:
        from kiwipiepy import Kiwi

        kiwi = Kiwi(num_workers=1)
    except Exception:
        return (
            os.EX_IOERR
        )  # the library or its model is not whole: no text is to blame, another night reads them
    texts = json.loads(Path(source).read_text("utf-8"))
    found = [[[each.form, str(each.tag)] for each in tokens] for tokens in kiwi.tokenize(iter(texts))]
    try:
        Path(answer).write_text(json.dumps(found, ensure_ascii=False), "utf-8")
    except OSError:
        return os.EX_IOERR
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
