"""Warranties of a demo shop: what it promises, who holds one, one that was handed on, and two that were to be mended."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from app.flows.demo.description import Promise
from app.flows.demo.holders import Holder
from app.flows.demo.rows import Row, Tables, drawn_code, drawn_key
from app.flows.warranty_package import secret_on
from app.kit.clock import kst_day
from app.kit.signing import token_hash
from app.warranties.rules import SERIAL_LENGTH, USE, last_day, serial_words

_LABELS, _CLAIMED = 24, 3  # of the sheet that lies beside the till
_BEGAN = timedelta(days=400)
# So a thread about a repair begins (flows/repair.py).
_OPENING = "[AS 요청]"


class Warranties:
    """Draws kinds, certificates and what became of them. After the voices: it moves nobody's word."""

    def __init__(self, rng: Random, tables: Tables, shop: Row, owner: Row, master: bytes) -> None:
        self.rng, self.tables, self.shop, self.owner, self.master = rng, tables, shop, owner, master
        self._taken: set[str] = set()

    def write(self, promises: tuple[Promise, ...], holders: list[Holder], now: datetime) -> None:
        """Add everything, the ids included; nothing for a shop that promises nothing."""
        if not promises:
            return
        self.shop["uses"] = " ".join(sorted({*self.shop.get("uses", "").split(), USE}))
        self.tables.add("warranty_settings", shop_id=self.shop["id"], notice_days=30, changed_at=now - _BEGAN)
        kinds = [self._kind(promise, now - _BEGAN) for promise in promises]
        self.tables.number("warranty_kinds")
        regulars = [h for h in holders if h.person.name and h.person.erased_at is None and len(h.stood) > 5]
        chosen = self.rng.sample(regulars, 3 * len(kinds) + _CLAIMED + 2)
        for place, kind in enumerate(kinds):
            for holder in chosen[3 * place : 3 * place + 3]:
                self._sold(kind, holder.customer, holder.stood[self.rng.randrange(len(holder.stood))]["at"])
        # One ends soon. A certificate needs a card to lie beside, so it is one of the oldest cards.
        oldest = min(regulars, key=lambda holder: holder.stood[0]["at"])
        self._sold(kinds[0], oldest.customer, max(now - timedelta(days=353), oldest.stood[0]["at"]))
        self._sheet(kinds[0], chosen[3 * len(kinds) : -2], now)
        moved = self._sold(kinds[0], chosen[-1].customer, chosen[-1].stood[-1]["at"])
        repairs = self._repairs(kinds, now)
        self.tables.number("warranties", by="issued_at")
        self._move(moved, giver=chosen[-2], taker=chosen[-1], now=now)
        self._mended(repairs)

    def _kind(self, promise: Promise, at: datetime) -> Row:
        return self.tables.add(
            "warranty_kinds",
            shop_id=self.shop["id"],
            once=drawn_key(self.rng),
            product_id=None,
            name=promise.name,
            months=promise.months,
            covers=promise.covers,
            care=promise.care,
            made_at=at,
            ended_at=None,
        )

    def _sold(self, kind: Row, customer: Row, at: datetime, *, serial: str = "") -> Row:
        return self._add(
            kind,
            how="till",
            customer_id=customer,
            cause=f"once:{drawn_key(self.rng)}",
            bought_on=kst_day(at),
            until=last_day(kst_day(at), kind["months"]),
            channel="shop",
            price=kind["months"] * 4000,
            issued_at=at,
            claimed_at=at,
            serial=serial,
        )

    def _add(self, kind: Row, *, serial: str = "", **values: Any) -> Row:
        empty = dict.fromkeys(("visit_id", "ended_at", "claim_hash"))
        row = {**empty, "end_cause": "", "shop_id": self.shop["id"], "kind_id": kind, "staff_id": self.owner}
        row |= {
            "serial": serial or drawn_code(self.rng, SERIAL_LENGTH, self._taken),
            "check_ref": drawn_key(self.rng)[:22],
        }
        return self.tables.add("warranties", **row, **values)

    def _sheet(self, kind: Row, buyers: list[Holder], now: datetime) -> None:
        """A sheet of codes for packages; the first few were claimed."""
        made_at = now - timedelta(days=60)
        sheet = self.tables.add(
            "warranty_sheets",
            shop_id=self.shop["id"],
            once=drawn_key(self.rng),
            kind_id=kind,
            pieces=_LABELS,
            staff_id=self.owner,
            made_at=made_at,
        )
        self.tables.number("warranty_sheets")
        for place in range(1, _LABELS + 1):
            buyer = buyers[place - 1] if place <= len(buyers) else None
            at = made_at + timedelta(days=7 * place) if buyer else None
            day = kst_day(at) if at else None
            secret = secret_on(self.master, shop_id=self.shop["id"], sheet_id=sheet["id"], place=place)
            values: dict[str, Any] = {
                "how": "package",
                "customer_id": buyer.customer if buyer else None,
                "cause": f"sheet:{sheet['id']}:{place}",
                "bought_on": day,
                "until": last_day(day, kind["months"]) if day else None,
                "channel": "",
                "price": None,
                "issued_at": made_at,
                "claimed_at": at,
            }
            self._add(kind, **values)["claim_hash"] = token_hash(secret)

    def _move(self, moved: Row, *, giver: Holder, taker: Holder, now: datetime) -> None:
        asked = moved["issued_at"] + (now - moved["issued_at"]) / 2
        self.tables.add(
            "warranty_moves",
            shop_id=self.shop["id"],
            warranty_id=moved,
            from_customer=giver.customer,
            to_customer=taker.customer,
            token_hash=token_hash(drawn_key(self.rng)),
            asked_at=asked,
            expires_at=asked + timedelta(days=3),
            taken_at=asked + timedelta(minutes=7),
            called_off_at=None,
        )
        self.tables.number("warranty_moves")

    def _repairs(self, kinds: list[Row], now: datetime) -> list[tuple[Row, Row, list[Row]]]:
        """Return the threads about repairs with a certificate for each: (certificate, voice, lines)."""
        lines: dict[int, list[Row]] = {}
        for line in self.tables.rows["voice_lines"]:
            lines.setdefault(id(line["voice_id"]), []).append(line)
        found = []
        for voice in self.tables.rows["voices"]:
            said = lines[id(voice)]
            opening = str(said[0]["text"])
            if not opening.startswith(_OPENING):
                continue
            kind = next(kind for kind in kinds if kind["name"] in opening)
            serial = next(
                part for part in opening.split() if len(part) == SERIAL_LENGTH + 1 and part[4] == "-"
            )
            bought = max(voice["opened_at"] - timedelta(days=90), voice["customer_id"]["joined_at"])
            certificate = self._sold(kind, voice["customer_id"], bought, serial=serial.replace("-", ""))
            assert serial_words(certificate["serial"]) == serial
            found.append((certificate, voice, said))
        return found

    def _mended(self, repairs: list[tuple[Row, Row, list[Row]]]) -> None:
        for certificate, voice, said in repairs:
            answered = [line for line in said if line["staff_id"] is not None]
            request = self.tables.add(
                "repair_requests",
                shop_id=self.shop["id"],
                warranty_id=certificate,
                voice_id=voice,
                at=voice["opened_at"],
                state="done" if answered else "asked",
                ended_at=voice["closed_at"],
            )
            if answered:
                for state, at in (("ready", answered[0]["at"]), ("done", voice["closed_at"])):
                    self.tables.add(
                        "repair_steps",
                        shop_id=self.shop["id"],
                        request_id=request,
                        state=state,
                        note="",
                        staff_id=self.owner,
                        at=at,
                    )
        self.tables.number("repair_requests", by="at")
        self.tables.number("repair_steps", by="at")
