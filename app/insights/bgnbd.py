"""How likely somebody still comes, and how often: the BG/NBD model. Pure; numpy and scipy only inside the functions.

Fader, Hardie & Lee (2005), "Counting Your Customers the Easy Way: An Alternative to the Pareto/NBD Model",
Marketing Science 24(2), 275–284. While somebody comes, they do so at a rate of their own (gamma: r, alpha); after
each visit they may stay away for good, with a chance of their own (beta: a, b). Time is in days the shop was open.

The web processes never load scipy: whoever calls these functions is the worker, at night or for a few people.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

# Histories alike are counted once; a shop's fit looks at no more people than these, more tell nothing new.
FIT_PEOPLE = 20_000
# Of fewer people, or fewer visits after somebody's first, a model would be a guess.
LEAST_PEOPLE, LEAST_AGAIN = 100, 50
# Where people differ very little the likelihood climbs along a ridge without end: here the climb ends, and what the
# model says of anybody no longer changes by then.
_LEAST, _MOST = 1e-4, 1e4
_STARTS = ((0.0, 0.0, 0.0, 0.0), (-1.0, 0.0, -0.5, 1.0), (0.7, 0.7, -2.0, 0.5), (-1.5, -1.0, 0.5, 2.5))
# Two ways up end on the same hill when so little of the log-likelihood lies between them: data that speak less
# clearly than this tell two models apart by nothing.
_SAME_TOP = 0.5
_CLIMB = {"maxiter": 500, "ftol": 1e-11, "gtol": 1e-6}


@dataclass(frozen=True)
class Past:
    """What the model needs of one person: visits after the first one, when the last was, until when we looked.

    Days since the first visit; 0 <= t_x <= T, and t_x = 0 where x = 0.
    """

    x: int
    t_x: float
    T: float


@dataclass(frozen=True)
class Model:
    """The four parameters, in the unit of time of the data, and how well they explain it."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float = 0.0


def fit(pasts: Sequence[Past], stop: Callable[[], bool] = lambda: False) -> Model | None:
    """Return the parameters of greatest likelihood (eq. 6), or None where the data don't decide them.

    Each of several starts climbs with the exact gradient, in logarithms, so that no parameter leaves its ground.
    `stop` is asked between two of them; True ends it with None.
    """
    import numpy as np
    from scipy.optimize import minimize

    if not any(each.x for each in pasts):
        return None  # nobody came again: who of them stayed away for good, and who is only slow?
    rows, many = np.unique([(each.x, each.t_x, each.T) for each in pasts], axis=0, return_counts=True)
    # In units of the longest look, whatever the shop's own: then one set of starts fits all.
    unit = float(rows[:, 2].max()) or 1.0
    x, t_x, until = rows[:, 0], rows[:, 1] / unit, rows[:, 2] / unit
    people = int(many.sum())

    def downhill(logs: Any) -> tuple[float, Any]:
        value, slope = _log_likelihood(np.exp(logs), x, t_x, until, many)
        return -value / people, -slope * np.exp(logs) / people

    bounds = [(float(np.log(_LEAST)), float(np.log(_MOST)))] * 4
    tops = []
    for start in _STARTS:
        if stop():
            return None
        found = minimize(downhill, start, jac=True, method="L-BFGS-B", bounds=bounds, options=_CLIMB)
        if found.success and np.isfinite(found.fun):
            tops.append(found)
    if not tops:
        return None
    best = min(tops, key=lambda each: float(each.fun))
    if sum((each.fun - best.fun) * people <= _SAME_TOP for each in tops) < 2:
        return None  # one way up found something that no other one did: not a hill to build on
    r, alpha, a, b = (float(each) for each in np.exp(best.x))
    # Back in the data's own unit; the density of each visit's moment is for that unit too.
    scaled = -float(best.fun) * people - float((x * many).sum()) * float(np.log(unit))
    return Model(r, alpha * unit, a, b, scaled)


def log_likelihood(model: Model, pasts: Sequence[Past]) -> float:
    """Return the log-likelihood of these pasts (eq. 6)."""
    import numpy as np

    x, t_x, until = _columns(pasts)
    return _log_likelihood(_four(model), x, t_x, until, np.ones(len(pasts)))[0]


def p_alive(model: Model, pasts: Sequence[Past]) -> Any:
    """Return how likely each one still comes, 0–1 (an array). By the model who came once is there for certain."""
    import numpy as np

    x, t_x, until = _columns(pasts)
    return np.where(x > 0, 1.0 / (1.0 + _gone_against_here(model, x, t_x, until)), 1.0)


def expected(model: Model, pasts: Sequence[Past], days: float) -> Any:
    """Return how many visits of each one are to be expected in the next `days` (eq. 10), as an array.

    Its 2F1 is turned by Euler's transformation: with parameters that do not grow with x nothing overflows.
    """
    import numpy as np
    from scipy.special import hyp2f1

    r, alpha, a, b = _four(model)
    a = _not_one(a)
    x, t_x, until = _columns(pasts)
    whole = alpha + until + days
    top = a + b + x - 1.0
    stays = ((alpha + until) / whole) ** (a - 1.0) * hyp2f1(a + b - 1.0 - r, a - 1.0, top, days / whole)
    visits = top / (a - 1.0) * (1.0 - stays)
    here = np.where(x > 0, 1.0 / (1.0 + _gone_against_here(model, x, t_x, until)), 1.0)
    return np.maximum(visits * here, 0.0)


def expected_of_new(model: Model, days: float) -> float:
    """Return how many visits after the first one somebody makes within `days` of it (eq. 9)."""
    from scipy.special import hyp2f1

    r, alpha, a, b = _four(model)
    a = _not_one(a)
    whole = alpha + days
    # Euler's transformation again: (α/(α+t))^r 2F1(r, b; a+b−1; z) = (α/(α+t))^(a−1) 2F1(a+b−1−r, a−1; a+b−1; z)
    stays = (alpha / whole) ** (a - 1.0) * hyp2f1(a + b - 1.0 - r, a - 1.0, a + b - 1.0, days / whole)
    return float(max((a + b - 1.0) / (a - 1.0) * (1.0 - stays), 0.0))


def _log_likelihood(four: Any, x: Any, t_x: Any, until: Any, many: Any) -> tuple[float, Any]:
    """Return the sum over people (`many` of each kind) and its slope in the four parameters."""
    import numpy as np
    from scipy.special import betaln, digamma, gammaln

    r, alpha, a, b = four
    again = x > 0
    before = np.where(again, b + x - 1.0, 1.0)
    shared = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + x) - betaln(a, b)
    here = -(r + x) * np.log(alpha + until)
    gone = np.where(again, np.log(a) - np.log(before) - (r + x) * np.log(alpha + t_x), -np.inf)
    both = np.logaddexp(here, gone)
    as_gone = np.exp(gone - both)
    as_here = 1.0 - as_gone
    psi_ab, psi_abx = digamma(a + b), digamma(a + b + x)
    slope = np.stack(
        [
            digamma(r + x) - digamma(r) + np.log(alpha)
            - as_here * np.log(alpha + until) - as_gone * np.log(alpha + t_x),
            r / alpha - (r + x) * (as_here / (alpha + until) + as_gone / (alpha + t_x)),
            psi_ab - psi_abx + as_gone / a,
            digamma(b + x) - psi_abx - digamma(b) + psi_ab - as_gone / before,
        ]
    )  # fmt: skip
    return float(((shared + both) * many).sum()), (slope * many).sum(axis=1)


def _gone_against_here(model: Model, x: Any, t_x: Any, until: Any) -> Any:
    """Return how much likelier it is that somebody stayed away since the last visit than that they still come."""
    import numpy as np

    r, alpha, a, b = _four(model)
    before = np.where(x > 0, b + x - 1.0, 1.0)
    far = np.log(a) - np.log(before) + (r + x) * (np.log(alpha + until) - np.log(alpha + t_x))
    return np.exp(np.minimum(far, 700.0))


def _not_one(a: float) -> float:
    """Return `a`, beside 1, where the expectation's formula is 0 / 0 (its limit is what it says next to it)."""
    return a if abs(a - 1.0) > 1e-6 else 1.0 + 1e-6


def _four(model: Model) -> tuple[float, float, float, float]:
    return model.r, model.alpha, model.a, model.b


def _columns(pasts: Sequence[Past]) -> tuple[Any, Any, Any]:
    import numpy as np

    rows = np.array([(each.x, each.t_x, each.T) for each in pasts], dtype=float).reshape(-1, 3)
    return rows[:, 0], rows[:, 1], rows[:, 2]
