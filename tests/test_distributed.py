"""Territories on the workers of a Dask scheduler: one worker dies in the middle, nothing is lost, nothing twice."""

import os
import signal

import pytest
from distributed import Client, LocalCluster

from ctg_analysis.model.errors import UserError
from ctg_analysis.model.settings import chosen_chapters
from ctg_analysis.publish.build import build, build_there
from ctg_analysis.publish.editions import HOME, latest, name_of, reports
from ctg_analysis.publish.site import wanted

pytestmark = [pytest.mark.slow, pytest.mark.nightly]


@pytest.fixture(scope="module")
def scheduler():
    options = {"n_workers": 2, "threads_per_worker": 1, "host": "127.0.0.1", "dashboard_address": None}
    with LocalCluster(processes=True, **options) as cluster:
        yield cluster.scheduler_address


def test_a_worker_that_dies_loses_nothing(scheduler, tmp_path, france):
    epcis, chapters = wanted([], every=False, departement="12")[:5], chosen_chapters(["08"])
    came = []
    for one in build_there(epcis, chapters, tmp_path, force=False, scheduler=scheduler):
        came.append(one)
        if len(came) == 1:
            with Client(scheduler) as client:
                os.kill(next(iter(client.run(os.getpid).values())), signal.SIGKILL)
    assert sorted(one.epci for one in came) == epcis == reports(tmp_path)
    assert [one.error or one.failed for one in came] == [{}] * 5
    for epci in epcis:
        assert len([path for path in (tmp_path / HOME / epci).iterdir() if path.is_dir()]) == 1
        assert name_of(latest(tmp_path, epci)) == latest(tmp_path, epci).name
    assert [one.ran for one in build(epcis, chapters, tmp_path)] == [[]] * 5  # run again, there is nothing left


def test_a_territory_that_no_worker_can_build_stops_no_other(scheduler, tmp_path, france):
    first, second = wanted([], every=False, departement="12")[:2]
    (tmp_path / HOME).mkdir()
    (tmp_path / HOME / first).touch()  # no edition can be put there
    came = build_there([first, second], chosen_chapters(["08"]), tmp_path, force=False, scheduler=scheduler)
    found = {one.epci: one for one in came}
    assert found[first].exit_code == 1 and str(found[first].error).startswith(f"{first}: [Errno 17] File exists")
    assert found[second].published and reports(tmp_path) == [second]


def test_no_scheduler_is_told_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr("ctg_analysis.publish.build.PATIENCE", "0.5s")
    with pytest.raises(UserError, match=r"^--scheduler tcp://127.0.0.1:9: no answer, expected the address"):
        list(build_there(["200067171"], [], tmp_path, force=False, scheduler="tcp://127.0.0.1:9"))
