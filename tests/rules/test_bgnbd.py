"""BG/NBD against its paper: Fader, Hardie & Lee (2005), Marketing Science 24(2), 275–284.

The data are the authors' tenth of the 1997 CDNOW cohort: 2,357 people, weeks 1–39 to fit and 40–78 to compare. They
lie as test data inside the package Lifetimes (MIT licence, © Cameron Davidson-Pilon), of which nothing else is used and
nothing is imported; the product itself never needs it.
"""

from __future__ import annotations

import csv
import importlib.util
import subprocess
import sys
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy import integrate

from app.insights import bgnbd
from app.insights.bgnbd import Model, Past
from config import ROOT

# The paper's estimates, to the three places it prints.
PUBLISHED = Model(0.243, 4.414, 0.793, 2.426)
LOG_LIKELIHOOD = -9582.4
START, FITTED_UNTIL = date(1997, 1, 1), date(1997, 9, 30)


def _data(name: str) -> Path:
    found = importlib.util.find_spec("lifetimes")
    assert found is not None and found.submodule_search_locations
    return Path(found.submodule_search_locations[0]) / "datasets" / name


@cache
def cohort() -> list[Past]:
    """The summary the authors give: in weeks."""
    with _data("cdnow_customers_summary.csv").open(encoding="utf-8") as lines:
        return [
            Past(int(row["frequency"]), float(row["recency"]), float(row["T"]))
            for row in csv.DictReader(lines)
        ]


@cache
def days_of_people() -> list[list[date]]:
    """On which days each of them bought, in all 78 weeks."""
    found: dict[str, set[date]] = {}
    for line in _data("CDNOW_sample.txt").read_text("utf-8").splitlines():
        _master, person, day, *_rest = line.split()
        found.setdefault(person, set()).add(date(int(day[:4]), int(day[4:6]), int(day[6:])))
    return [sorted(found[person]) for person in sorted(found)]


@cache
def fitted() -> Model:
    model = bgnbd.fit(cohort())
    assert model is not None
    return model


def test_the_published_estimates_are_found() -> None:
    assert len(cohort()) == 2357 and sum(each.x for each in cohort()) == 2457
    model = fitted()
    for name in ("r", "alpha", "a", "b"):
        assert getattr(model, name) == pytest.approx(getattr(PUBLISHED, name), abs=0.001), name
    assert model.log_likelihood == pytest.approx(LOG_LIKELIHOOD, abs=0.05)
    assert bgnbd.log_likelihood(model, cohort()) == pytest.approx(model.log_likelihood, abs=1e-6)


def test_the_unit_of_time_changes_nothing_but_alpha() -> None:
    in_days = bgnbd.fit([Past(each.x, each.t_x * 7, each.T * 7) for each in cohort()])
    assert in_days is not None
    assert in_days.alpha == pytest.approx(fitted().alpha * 7, rel=1e-3)
    assert (in_days.r, in_days.a, in_days.b) == pytest.approx((fitted().r, fitted().a, fitted().b), rel=1e-3)


def test_one_persons_expectation_is_the_authors() -> None:
    """Their own worked example: x = 2, t_x = 30.43, T = 38.86 brings 1.226 in the 39 weeks after."""
    assert bgnbd.expected(PUBLISHED, [Past(2, 30.43, 38.86)], 39)[0] == pytest.approx(1.226, abs=0.001)


@pytest.mark.parametrize(("weeks", "least", "most"), [(39, 0.0, 0.03), (52, -0.03, 0.0), (78, -0.045, -0.03)])
def test_the_hold_out_is_tracked_as_published(weeks: int, least: float, most: float) -> None:
    """Cumulative repeat transactions: the paper reports 4 % too few for BG/NBD at the end of week 78."""
    until = START + timedelta(weeks=weeks)
    firsts = [(until - days[0]).days for days in days_of_people() if days[0] < until]
    each_age = {age: bgnbd.expected_of_new(fitted(), age / 7) for age in set(firsts)}
    told = sum(each_age[age] for age in firsts)
    came = sum(sum(day < until for day in days[1:]) for days in days_of_people())
    assert least < told / came - 1 < most


def test_the_conditional_expectations_follow_what_people_did() -> None:
    """Weeks 40–78 person by person: the published correlation with what happened is 0.626."""
    told = bgnbd.expected(fitted(), cohort(), 39)
    came = np.array([sum(day > FITTED_UNTIL for day in days) for days in days_of_people()])
    assert np.corrcoef(told, came)[0, 1] == pytest.approx(0.626, abs=0.001)
    by_x = [told[[each.x == x for each in cohort()]].mean() for x in range(7)]
    assert by_x == sorted(by_x)


def _pasts(rng: np.random.Generator, many: int) -> list[Past]:
    found = []
    for _ in range(many):
        until = float(rng.uniform(0, 400))
        x = int(rng.integers(0, 300)) if until > 1 else 0
        found.append(Past(x, float(rng.uniform(0, until)) if x else 0.0, until))
    return found


MODELS = [
    PUBLISHED,
    Model(0.01, 0.5, 0.02, 0.9),
    Model(8.0, 60.0, 3.0, 1.5),
    Model(0.7, 10.0, 1.0, 4.0),  # a = 1: where the formula is 0 / 0
    Model(1.3, 0.05, 0.3, 40.0),
]


@pytest.mark.parametrize("model", MODELS)
def test_the_gradient_is_the_slope(model: Model) -> None:
    four = np.array([model.r, model.alpha, model.a, model.b])
    x, t_x, until = bgnbd._columns(_pasts(np.random.default_rng(1), 200))
    many = np.arange(200) % 3 + 1

    def value(at: np.ndarray) -> float:
        return bgnbd._log_likelihood(at, x, t_x, until, many)[0]

    _value, slope = bgnbd._log_likelihood(four, x, t_x, until, many)
    for place in range(4):
        step = np.zeros(4)
        step[place] = four[place] * 1e-5
        assert slope[place] == pytest.approx(
            (value(four + step) - value(four - step)) / step[place] / 2, rel=1e-4
        )


@pytest.mark.parametrize("model", MODELS)
def test_nothing_overflows_and_nothing_leaves_its_range(model: Model) -> None:
    pasts = [
        *_pasts(np.random.default_rng(2), 400),
        Past(0, 0, 0),
        Past(2000, 3000, 3000),
        Past(900, 10, 3000),
    ]
    alive = bgnbd.p_alive(model, pasts)
    visits = bgnbd.expected(model, pasts, 30)
    assert np.isfinite(alive).all() and (alive >= 0).all() and (alive <= 1).all()
    assert np.isfinite(visits).all() and (visits >= 0).all()
    more = bgnbd.expected(model, pasts, 31)
    assert (more >= visits - 1e-9).all(), "a longer time brings no fewer visits"


@pytest.mark.parametrize("model", MODELS)
def test_the_expectation_is_the_integral_it_stands_for(model: Model) -> None:
    """Over everybody's rate and chance to leave, without the closed formula."""
    past, days = Past(4, 50.0, 60.0), 30.0
    shape, scale = model.r + past.x, model.alpha + past.T

    def at(chance: float) -> float:
        # The mean over gamma rates of (1 − e^(−λ·p·t)) / p, for one p of the beta of who still comes.
        log_beta = bgnbd_log_beta(model.a, model.b + past.x)
        weight = np.exp(
            (model.a - 1) * np.log(chance) + (model.b + past.x - 1) * np.log1p(-chance) - log_beta
        )
        return float(weight * (1 - (scale / (scale + chance * days)) ** shape) / chance)

    whole, _error = integrate.quad(at, 0, 1, limit=400)
    alive = bgnbd.p_alive(model, [past])[0]
    assert bgnbd.expected(model, [past], days)[0] == pytest.approx(whole * alive, rel=1e-4)


def bgnbd_log_beta(a: float, b: float) -> float:
    from scipy.special import betaln

    return float(betaln(a, b))


@pytest.mark.parametrize(
    "pasts",
    [
        [],
        [Past(0, 0, 30.0)] * 500,  # nobody came again: how could one tell who left?
        [Past(0, 0, 0.0)] * 200,
    ],
)
def test_what_the_data_do_not_decide_is_not_decided(pasts: list[Past]) -> None:
    assert bgnbd.fit(pasts) is None


def test_people_who_hardly_differ_have_a_model_too() -> None:
    """The likelihood climbs along a ridge: a and b without end, and the chance to stay away that they stand for."""
    rng = np.random.default_rng(3)
    pasts = []
    for _ in range(1500):
        until, at, came, last = float(rng.uniform(100, 400)), 0.0, 0, 0.0
        while rng.random() > 0.1 and (at := at + rng.exponential(9.0)) < until:
            came, last = came + 1, at
        pasts.append(Past(came, last, until))
    model = bgnbd.fit(pasts)
    assert model is not None
    assert model.a / (model.a + model.b) == pytest.approx(0.1, abs=0.015)
    assert model.r / model.alpha == pytest.approx(1 / 9, abs=0.01)
    fresh, gone = bgnbd.p_alive(model, [Past(10, 90.0, 91.0), Past(10, 90.0, 200.0)])
    assert fresh > 0.85 and gone < 0.05
    assert bgnbd.expected(model, [Past(10, 90.0, 91.0)], 30)[0] == pytest.approx(2.6, abs=0.4)


def test_a_fit_stops_when_it_is_asked_to() -> None:
    assert bgnbd.fit(cohort(), stop=lambda: True) is None


def test_the_web_never_loads_scipy() -> None:
    """Each web process would carry some sixty megabytes for what only the worker does at night."""
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import app, sys, pkgutil, importlib\n"
            "for each in pkgutil.walk_packages(app.__path__, 'app.'):\n"
            "    importlib.import_module(each.name)\n"
            "print(sorted({name.split('.')[0] for name in sys.modules} & {'numpy', 'scipy', 'pandas'}))",
        ],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert told.strip() == "[]"
