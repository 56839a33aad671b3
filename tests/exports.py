"""Files as marketplaces and tills write them, with their real titles, and the same as a stranger would."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from msoffcrypto.format.ooxml import OOXMLFile

SMARTSTORE = [
    "상품주문번호",
    "주문번호",
    "배송속성",
    "풀필먼트사(주문 기준)",
    "택배사(주문 기준)",
    "배송방법(구매자 요청)",
    "배송방법",
    "택배사",
    "송장번호",
    "발송일",
    "판매채널",
    "구매자명",
    "구매자ID",
    "수취인명",
    "주문상태",
    "주문세부상태",
    "수량클레임 여부",
    "결제위치",
    "결제일",
    "상품번호",
    "상품명",
    "상품종류",
    "반품안심케어",
    "멤버십N배송",
    "옵션정보",
    "옵션관리코드",
    "수량",
    "옵션가격",
    "상품가격",
    "최종 상품별 할인액",
    "최초 상품별 할인액",
    "판매자 부담 할인액",
    "최종 상품별 총 주문금액",
    "최초 상품별 총 주문금액",
    "사은품",
    "발주확인일",
    "발송기한",
    "발송처리일",
    "송장출력일",
    "배송비 형태",
    "배송비 묶음번호",
    "배송비 유형",
    "배송비 합계",
    "제주/도서 추가배송비",
    "배송비 할인액",
    "판매자 상품코드",
    "판매자 내부코드1",
    "판매자 내부코드2",
    "수취인연락처1",
    "수취인연락처2",
    "통합배송지",
    "기본배송지",
    "상세배송지",
    "구매자연락처",
    "우편번호",
    "배송메세지",
    "출고지",
    "결제수단",
    "네이버페이 주문관리 수수료",
    "매출연동 수수료",
    "정산예정금액",
    "개인통관고유부호",
    "주문일시",
    "배송희망일",
    "구독신청회차",
    "구독진행회차",
    "구독배송희망일",
    "배송태그 유형",
    "출입방법 유형",
    "출입방법 내용",
    "수령위치 유형",
    "수령위치 내용",
]
COUPANG = [
    "번호",
    "묶음배송번호",
    "주문번호",
    "택배사",
    "운송장번호",
    "분리배송 Y/N",
    "분리배송 출고예정일",
    "주문시 출고예정일",
    "출고일(발송일)",
    "주문일",
    "등록상품명",
    "등록옵션명",
    "노출상품명(옵션명)",
    "노출상품ID",
    "옵션ID",
    "최초등록옵션명",
    "업체상품코드",
    "바코드",
    "결제액",
    "배송비구분",
    "배송비",
    "도서산간 추가배송비",
    "구매수(수량)",
    "옵션판매가(판매단가)",
    "구매자",
    "구매자전화번호",
    "수취인이름",
    "수취인전화번호",
    "우편번호",
    "수취인 주소",
    "배송메세지",
    "상품별 추가메시지",
    "주문자 추가메시지",
    "배송완료일",
    "구매확정일자",
    "개인통관번호(PCCC)",
    "통관용구매자전화번호",
    "기타",
    "결제위치",
]
CAFE24 = [
    "쇼핑몰",
    "쇼핑몰번호",
    "주문번호",
    "품목별 주문번호",
    "배송메시지",
    "총 주문금액(KRW)",
    "총 결제금액(KRW)",
    "상품품목코드",
    "주문상품명(기본)",
    "주문상품명(옵션포함)",
    "주문상품명(세트상품 포함)",
    "상품옵션(기본)",
    "수량",
    "판매가",
    "상품구매금액(KRW)",
    "주문자명",
    "주문자 휴대전화",
    "수령인",
    "수령인 휴대전화",
    "수령인 전화번호",
    "수령인 우편번호",
    "수령인 주소(전체)",
    "결제구분",
    "결제수단",
    "발주일",
    "주문상태",
]
ESM = [
    "판매아이디",
    "주문번호",
    "주문상태",
    "상품번호",
    "상품명",
    "발송마감일",
    "수량",
    "판매단가",
    "판매금액",
    "수령인명",
    "구매자명",
    "수령인 휴대폰",
    "수령인 전화번호",
    "우편번호",
    "주소",
    "배송시 요구사항",
    "구매자아이디",
    "구매자 휴대폰",
    "구매자 전화번호",
    "결제일",
    "주문일",
]
OKPOS = [
    "영수증번호",
    "포스번호",
    "결제시각",
    "매출/반품",
    "총매출액",
    "실매출액",
    "가액",
    "부가세",
    "객수",
    "객단가",
    "단순현금",
    "현금영수",
    "신용카드",
]
OTHER_POS = [
    "결제일",
    "결제시간",
    "결제내역",
    "합계",
    "상품별 할인",
    "결제 할인",
    "카드 결제",
    "현금 결제",
    "간편 결제",
]


def filled(titles: Sequence[str], **cells: Any) -> list[Any]:
    """Return a row under these titles; `cells` by title, with _ for what Python's names can't hold left to `row`."""
    return row(titles, cells)


def row(titles: Sequence[str], cells: dict[str, Any]) -> list[Any]:
    """Return a row under these titles. Raises ValueError for a title that is not there."""
    found: list[Any] = [""] * len(titles)
    for title, value in cells.items():
        found[list(titles).index(title)] = value
    return found


def xlsx(rows: Sequence[Sequence[Any]], *, sheet: str = "Sheet1") -> bytes:
    """Return rows as a workbook; strings stay strings, numbers become floats as Excel keeps them."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False})
    page = book.add_worksheet(sheet)
    for number, cells in enumerate(rows):
        page.write_row(number, 0, cells)
    book.close()
    return out.getvalue()


def locked(workbook: bytes, password: str) -> bytes:
    """Return a workbook behind a password, as 스마트스토어 gives it."""
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(workbook)).encrypt(password, out)
    return out.getvalue()


def plain(rows: Sequence[Sequence[Any]], *, letters: str = "utf-8-sig", divider: str = ",") -> bytes:
    """Return rows as a CSV."""
    out = io.StringIO()
    csv.writer(out, delimiter=divider).writerows(rows)
    return out.getvalue().encode(letters)


def packed(**parts: bytes) -> bytes:
    """Return a zip that holds these parts (xl__workbook for xl/workbook)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name.replace("__", "/") + ".xml", data)
    return out.getvalue()


def sheet_of(xml: str) -> bytes:
    """Return a workbook whose only sheet is this XML."""
    good = xlsx([["이름"]])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for part in source.namelist():
            made.writestr(part, xml if part.startswith("xl/worksheets/sheet1") else source.read(part))
    return out.getvalue()
