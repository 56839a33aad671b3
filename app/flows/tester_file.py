"""What testers answered leaves the shop as a file: with a reason, by the owner alone, and written down before it does."""

from __future__ import annotations

from datetime import datetime
from typing import BinaryIO

from app.customers.known_rules import clean_reason
from app.extensions import files_dir
from app.flows import audit
from app.flows.programme import held
from app.flows.unit import write
from app.kit import files, sheet_files
from app.kit.refusals import Invalid
from app.shops import actions as shops
from app.testers import results

KINDS = {"xlsx": "엑셀 파일", "csv": "CSV 파일"}
# A reason as one may write it: what testers said leaves for those who make the product.
SUCH_AS = "제품 회의에서 함께 보려고"


def take(
    *,
    shop_id: int,
    staff_id: int,
    programme_id: int,
    kind: str,
    reason: str,
    ip: str,
    now: datetime,
    target: BinaryIO,
) -> int:
    """Write every answer into `target` as `kind` (xlsx or csv), by number and without a name; returns how many lines.

    Who took it and why stands in the access log and in the record of changes before the first line is read. Raises
    Invalid (fields: reason, kind), NoProgramme.
    """
    why = clean_reason(reason, such_as=SUCH_AS)
    if kind not in KINDS:
        raise Invalid({"kind": "어떤 파일로 받을지 골라 주세요."})
    with write() as session:
        row = held(session, shop_id, programme_id)
        shops.log_access(
            session,
            shop_id=shop_id,
            staff_id=staff_id,
            customer_id=None,
            action="tester_file",
            ip=ip,
            now=now,
        )
        audit.note(
            session,
            shop_id=shop_id,
            what="tester_file",
            staff_id=staff_id,
            subject=f"programme:{row.id}",
            detail=why,
            now=now,
        )
    head, rows = results.table(shop_id=shop_id, programme_id=programme_id)
    if kind == "csv":
        return sheet_files.write_csv(target, head, rows)
    with files.desk(files_dir()) as desk:
        return sheet_files.write_xlsx(target, head, rows, sheet="답", folder=desk)
