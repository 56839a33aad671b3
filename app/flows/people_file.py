"""The shop's list of people leaves as a file: with a reason, by the owner alone, and written down before it does."""

from __future__ import annotations

from datetime import datetime
from typing import BinaryIO

from app.customers import roster, taking_out
from app.customers.known_rules import clean_reason
from app.customers.roster import Choice
from app.extensions import files_dir
from app.flows import audit
from app.flows.unit import write
from app.kit import files, sheet_files
from app.kit.refusals import Invalid
from app.shops import actions as shops

# An xlsx of so many takes the owner some seconds; a longer list goes as CSV, which Excel opens as well.
XLSX_MOST = 20_000
KINDS = {"xlsx": "엑셀 파일", "csv": "CSV 파일"}


def take(
    *,
    shop_id: int,
    staff_id: int,
    choice: Choice,
    kind: str,
    reason: str,
    target: BinaryIO,
    ip: str,
    now: datetime,
) -> int:
    """Write the people of a choice into `target` as `kind` (xlsx or csv); returns how many.

    Who took how many and why stands in the access log (안전성 확보조치 기준 8조) and in the record of changes before
    the first row is read. The file is nowhere but in the answer. Raises Invalid (fields: reason, kind).
    """
    why = clean_reason(reason)
    if kind not in KINDS:
        raise Invalid({"kind": "어떤 파일로 받을지 골라 주세요."})
    count = roster.count(shop_id=shop_id, choice=choice)
    if kind == "xlsx" and count > XLSX_MOST:
        raise Invalid(
            {"kind": f"손님이 {XLSX_MOST:,}명을 넘으면 CSV 파일로 받아 주세요. 엑셀에서 똑같이 열려요."}
        )
    with write() as session:
        shops.log_access(
            session,
            shop_id=shop_id,
            staff_id=staff_id,
            customer_id=None,
            action="people_file",
            ip=ip,
            now=now,
        )
        audit.note(
            session, shop_id=shop_id, what="people_file", staff_id=staff_id, detail=f"{count}:{why}", now=now
        )
    rows = taking_out.rows(shop_id=shop_id, choice=choice)
    if kind == "csv":
        return sheet_files.write_csv(target, taking_out.HEAD, rows)
    with files.desk(files_dir()) as desk:
        return sheet_files.write_xlsx(target, taking_out.HEAD, rows, sheet="손님", folder=desk)
