"""Reports: what has changed is made again in processes of their own, then published whole.

Nothing heavy is imported here: a report that is up to date is known to be without opening a table.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

from ctg_analysis.core.errors import UserError
from ctg_analysis.core.locks import alone
from ctg_analysis.core.notebooks import ChapterNotebook
from ctg_analysis.core.scratch import sweep
from ctg_analysis.publishing.build_plan import plan_report
from ctg_analysis.publishing.build_result import Built
from ctg_analysis.publishing.editions import latest
from ctg_analysis.publishing.pages.site import code
from ctg_analysis.publishing.publication import conclude
from ctg_analysis.publishing.running.pool import get_ready, run

SIREN = r"\d{9}"
TOGETHER = 4  # territories at work or waiting, for each worker: enough to keep all of them busy


def build(
    epcis: Iterable[str],
    chapters: list[ChapterNotebook],
    out: Path,
    *,
    jobs: int = os.cpu_count() or 1,
    force: bool = False,
    progress: Callable[[str], None] = lambda step: None,
) -> Iterator[Built]:
    """Build the chapters of territories, so many at a time, and yield what came of each as it is published.

    progress: called with the name of each step. A report that is up to date is left as it is; one that cannot be made
    leaves the former one in place.
    """
    out.mkdir(parents=True, exist_ok=True)
    sweep(out)
    waiting = iter(epcis)
    while some := list(islice(waiting, TOGETHER * jobs)):
        if any(latest(out, epci) is None for epci in some):
            get_ready()  # while what there is to do is found out
            code()  # of the modules that are in memory now
        with ExitStack() as held:
            plans = {}
            for epci in some:
                try:
                    if not re.fullmatch(SIREN, epci):
                        raise UserError(f"EPCI: found {epci!r}, expected a SIREN of 9 digits")
                    held.enter_context(alone(out, epci, f"{epci}: is being built"))
                    plan = plan_report(epci, chapters, out, held, force=force)
                except UserError as error:
                    yield Built(epci, error=error)
                    continue
                if isinstance(plan, Built):
                    yield plan
                else:
                    plans[epci] = plan
            for outcome in run([job for plan in plans.values() for job in plan.jobs()], jobs):
                epci = outcome.job.epci
                progress(f"{epci}: {outcome.job.place}")
                plans[epci].came[outcome.job.place] = outcome
                if len(plans[epci].came) == len(plans[epci].todo) + 2:  # the data, what is missing, the chapters
                    yield conclude(plans.pop(epci), out)
