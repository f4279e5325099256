"""How results show: one short line each, and a table in a notebook with every value escaped."""

from html.parser import HTMLParser

import pytest

import safetynets as sn


class Open(HTMLParser):
    """The elements that are still open: none, in whole HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[str] = []

    def handle_starttag(self, tag, attrs):
        del attrs
        self.stack.append(tag)

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag


@pytest.fixture(scope="module")
def judged(run):
    return sn.judge_many(run.tracks, run.site, [{"apm.below_ft": 100}, {}])


def shown(run, judged):
    return (run, run.tracks, run.site, run.alerts, run.explain(alert=1), judged)


def test_each_is_one_short_line(run, judged):
    for one in (run, run.tracks, run.site, run.alerts, run.alerts[0], judged, judged[0]):
        assert "\n" not in repr(one)
        assert len(repr(one)) < 160
    assert repr(run.tracks) == "<Tracks: 1 track, 213 plots, 2019-11-11T17:55:52Z to 2019-11-11T18:09:59Z>"
    assert repr(run.alerts) == "<Alerts: 3, 3 shown>"
    assert repr(judged[1]) == "<JudgedSet as in the site: 3 alerts, 3 shown>"


def test_each_has_whole_html_with_what_matters(run, judged):
    pages = [one._repr_html_() for one in shown(run, judged)]
    for page in pages:
        parser = Open()
        parser.feed(page)
        assert parser.stack == []
    for page, words in zip(
        pages, ("not assessable", "DLH4TR", "LSZH 14", "18:06:44", "Joined to LSZH 14", "apm.below_ft"), strict=True
    ):
        assert words in page


def test_names_of_the_input_are_escaped(low_landing):
    run = sn.replay(sn.Tracks.from_pandas(low_landing.assign(callsign="<B>1")), "zurich", qnh_hpa=1013)
    for one in (run, run.tracks, run.alerts, run.explain(alert=1)):
        assert "<B>1" not in one._repr_html_()
        assert "&lt;B&gt;1" in one._repr_html_()


def test_a_run_without_qnh_says_so_in_a_notebook(low_landing):
    run = sn.replay(sn.Tracks.from_pandas(low_landing), "zurich")
    assert "no QNH is known" in run._repr_html_()


def test_the_names_of_the_package_are_listed():
    assert {"replay", "Tracks", "say"} <= set(dir(sn))
