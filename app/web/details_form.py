"""The form for a name, a number and the five separate answers. Shared by joining and by the card."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField, TelField

from app.customers.rules import CONSENT_KINDS, Details
from app.customers.texts import consent_text
from app.kit.refusals import Invalid

# The same sentence for a free number and for one that another card has (S06).
KEPT = "적어 두었어요. 내 정보에서 번호를 확인하면 전에 쓰던 카드도 찾을 수 있어요."


class DetailsForm(FlaskForm):
    """What the person types. Nothing is ticked beforehand; the rules of the room decide what is wrong."""

    name = StringField("이름 또는 부르는 말")
    phone = TelField("휴대폰 번호")
    age14 = BooleanField(consent_text("age14").line)
    required = BooleanField(consent_text("required").line)
    marketing = BooleanField(consent_text("marketing").line)
    ads = BooleanField(consent_text("ads").line)
    ads_night = BooleanField(consent_text("ads_night").line)

    def details(self) -> Details:
        """Return what was typed, as it came."""
        boxes = {kind: bool(self[kind].data) for kind in CONSENT_KINDS}
        return Details(name=self.name.data or "", phone_raw=self.phone.data or "", **boxes)

    def is_typed(self) -> bool:
        """Tell whether there is a name or a number."""
        return bool(((self.name.data or "") + (self.phone.data or "")).strip())

    def is_blank(self) -> bool:
        """Tell whether nothing was typed and no box ticked: the person would rather not say."""
        return not self.is_typed() and not any(self[kind].data for kind in CONSENT_KINDS)

    def show(self, refusal: Invalid) -> None:
        """Put each sentence beside its field."""
        for field, sentence in refusal.fields.items():
            if field in self:
                self[field].errors = [*self[field].errors, sentence]
