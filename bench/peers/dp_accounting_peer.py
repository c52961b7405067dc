"""Epsilon by dp-accounting's PLD accountant: one JSON request a line in, one JSON answer a line out."""

import json
import sys
import time

import dp_accounting
from dp_accounting import pld

RELATIONS = {
    "add-or-remove-one": dp_accounting.NeighboringRelation.ADD_OR_REMOVE_ONE,
    "replace-one": dp_accounting.NeighboringRelation.REPLACE_ONE,
}

for line in sys.stdin:
    run = json.loads(line)
    started = time.perf_counter()
    try:
        accountant = pld.PLDAccountant(RELATIONS[run["adjacency"]])
        gaussian = dp_accounting.GaussianDpEvent(run["sigma"])
        accountant.compose(dp_accounting.PoissonSampledDpEvent(run["q"], gaussian), run["steps"])
        answer = {"epsilon": accountant.get_epsilon(run["delta"]), "seconds": time.perf_counter() - started}
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"}
    print(json.dumps(answer), flush=True)
