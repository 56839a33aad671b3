"""What became of complaints, in sentences. Pure."""

from __future__ import annotations

from app.kit.korean import native_count
from app.voices.results import Results


def sentences(found: Results, *, span: str) -> list[str]:
    """Return what an owner reads, the most telling first; nothing where nothing can be said yet. `span`: "석 달"."""
    if not found.complaints:
        return []
    told = [
        f"{span} 동안 불편 말씀 {found.complaints}건 가운데 {found.in_time}건에 제때 답하셨어요."
        if found.in_time
        else f"{span} 동안 불편 말씀이 {found.complaints}건 있었고, 아직 제때 답하신 말씀은 없어요."
    ]
    late = found.answered - found.in_time
    if late:
        told.append(f"{late}건에는 답할 시간이 지나서 답하셨어요.")
    if found.settled:
        told.append(f"손님이 직접 해결됐다고 하신 말씀이 {found.settled}건이에요.")
    if found.offered:
        told.append(f"미안한 마음으로 드린 쿠폰 {found.offered}장 가운데 {found.taken}장을 받아 가셨어요.")
    answered, silent = found.answered_back, found.silent_back
    if answered.people:
        told.append(_came_back("답을 드린 손님", answered.people, answered.came))
    if silent.people:
        told.append(_came_back("답을 못 드린 손님", silent.people, silent.came))
    if found.young:
        told.append(
            f"아직 60일이 지나지 않은 손님 {_people(found.young)} 가운데 {_people(found.young_came)}은 벌써 다시 오셨어요."
            if found.young_came
            else f"아직 60일이 지나지 않은 손님이 {_people(found.young)} 있어요."
        )
    return told


def _came_back(who: str, people: int, came: int) -> str:
    """Return who of some came back within 60 days; nobody and everybody are said as one says them."""
    if came == 0:
        return f"{who} {_people(people)}은 60일 안에 다시 오지 않으셨어요."
    if came == people:
        return f"{who} {_people(people)}{' 모두' if people > 1 else '이'} 60일 안에 다시 오셨어요."
    return f"{who} {_people(people)} 가운데 {_people(came)}이 60일 안에 다시 오셨어요."


def _people(number: int) -> str:
    """Return how many people as it is said: "한 분", for "1분" reads as a minute."""
    return f"{native_count(number)} 분" if 1 <= number <= 99 else f"{number:,}분"
