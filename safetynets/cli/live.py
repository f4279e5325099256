"""`safetynets live`: the nets on a feed as it comes, and a recording played as one."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from safetynets.cli.common import open_page
from safetynets.cli.options import FOLDER, PATH, changes_option, rule_set_option, switch_on_option
from safetynets.cli.recording_options import recording_options
from safetynets.errors import ScenarioError

if TYPE_CHECKING:
    from safetynets.recordings.profile import Profile

NOT_OPERATIONAL = "NOT FOR OPERATIONAL USE."


class Speed(click.ParamType):  # type: ignore[type-arg]
    """How many times faster than recorded: a number, or max."""

    name = "1|10|max"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number; infinite for max."""
        if value == "max":
            return float("inf")
        try:
            speed = float(value)
        except ValueError:
            speed = 0.0
        if not 0.0 < speed < float("inf"):
            self.fail(f"{value!r} is no speed: write a number above 0, or max", param, ctx)
        return speed


@click.group(invoke_without_command=True)
@click.option("--site", help="A shipped site by its name, or your own by the path of its folder.")
@click.option("--listen", metavar="[GROUP:]HOST:PORT", default="127.0.0.1:8600", show_default=True)
@click.option("--send", metavar="[GROUP:]HOST:PORT", help="Send alerts there as category 004; without it, nowhere.")
@click.option("--really-send", is_flag=True, help="Allow --send to an address that is not on this machine.")
@click.option("--alerts", type=PATH, help="Append a line of JSON to this file for each event.")
@click.option("--qnh-hpa", type=float, help="The QNH of every pressure region; it may be changed while this runs.")
@click.option(
    "--out",
    type=FOLDER,
    default=Path("out/live"),
    show_default=True,
    help="The folder that records what is received and decided; an existing one is continued.",
)
@click.option(
    "--judge",
    "judge_by",
    type=click.Choice(["plot", "batch"]),
    default="plot",
    show_default=True,
    help="Judge plots as they arrive, or when the tracker says that a batch is complete (category 065).",
)
@click.option(
    "--hold-s",
    type=click.FloatRange(0.0, 30.0),
    help="How long to hold plots, so that late ones can be put in order; by default 0, with nets for pairs 1.",
)
@click.option("--source", metavar="SAC/SIC", default="0/1", show_default=True, help="Who sends the messages.")
@click.option("--alive-s", type=click.FloatRange(0.1, 3600.0), default=5.0, show_default=True)
@click.option(
    "--page", type=click.IntRange(0, 65535), help="Serve a page and /metrics to this machine at this port; 0 is any."
)
@recording_options
@changes_option
@switch_on_option
@rule_set_option
@click.pass_context
def live(
    context: click.Context,
    site: str | None,
    listen: str,
    send: str | None,
    really_send: bool,
    alerts: Path | None,
    qnh_hpa: float | None,
    out: Path,
    judge_by: str,
    hold_s: float | None,
    source: str,
    alive_s: float,
    page: int | None,
    profile: Profile,
    changes: tuple[str, ...],
    switched_on: tuple[str, ...],
    rule_set: str | None,
) -> None:
    """NOT FOR OPERATIONAL USE. Judge an ASTERIX feed (UDP) as it arrives, with the same engine as replay.

    Alerts are printed, recorded, and sent on if you say where. While it runs, `safetynets live decide` changes the QNH,
    switches volumes, inhibits flights and acknowledges alerts.
    """
    if context.invoked_subcommand is not None:
        return
    click.echo(NOT_OPERATIONAL)
    if site is None:
        raise ScenarioError("is missing", where="--site", mend="name a shipped site, or the folder of your own")
    from safetynets.cli.export import sender
    from safetynets.exports.cat004 import Options
    from safetynets.live.address import address, refuse_to_leave
    from safetynets.sites.catalogue import site_file

    site_file(site)
    where = address(listen, "--listen")
    to = None if send is None else address(send, "--send")
    if to is not None:
        refuse_to_leave(to, "--send", really=really_send)
    if really_send and to is None:
        raise ScenarioError("is given without --send", where="--really-send", mend="say where with --send")
    options = Options(source=sender(source), alive_s=alive_s)
    from safetynets.cli.stages import stages
    from safetynets.runs import overrides

    changed = overrides.parse(changes, switched_on)
    with stages() as stage:
        stage("loading the site")
        from safetynets.live.judging import Feed
        from safetynets.live.monitor import LiveMonitor, Settings
        from safetynets.recordings.asterix.recording import editions_given
        from safetynets.runs.changed_site import ALL_REGIONS, changed_site, given
        from safetynets.runs.rule_sets import rule_sets_of
        from safetynets.runs.traffic import with_radars

        pressure = given({} if qnh_hpa is None else {ALL_REGIONS: qnh_hpa})
        loaded = changed_site(site, (*pressure, *given(changed)))
        feed = Feed(
            date=profile.date,
            editions=editions_given(profile.editions, Path("--edition")),
            radars=with_radars(profile, loaded).radar_positions,
            hold_s=hold_s,
        )
        settings = Settings(
            listen=where,
            folder=out,
            feed=feed,
            send=to,
            alerts=alerts,
            by_batch=judge_by == "batch",
            options=options,
        )
        monitor = LiveMonitor(loaded, rule_sets_of(loaded, rule_set), settings, click.echo)
        stage("getting the nets ready")
        monitor.warm_up()
    served = None
    if page is not None:
        from safetynets.live.drawn import site_drawn
        from safetynets.live.serve import Page, check_metrics

        check_metrics()
        title = f"{loaded.title}, live"
        served = Page(
            page, title, site_drawn(loaded), monitor.now, monitor.facts, lambda text: monitor.ask(text, "page")
        )
        served.start()
        click.echo(f"The page is at {served.address}")
        open_page(served.address)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: monitor.stop())
    monitor.run()
    if served is not None:
        served.stop()
    click.echo(f"Stopped. What was received, decided and told is in {out}; replay it with: safetynets replay {out}")


@live.command(name="send")
@click.argument("file", type=PATH)
@click.option("--to", required=True, metavar="[GROUP:]HOST:PORT")
@click.option("--really-send", is_flag=True, help="Allow an address that is not on this machine.")
@click.option("--speed", type=Speed(), default="1", show_default=True, help="Multiple of its own pace, or max.")
def send_recording(file: Path, to: str, really_send: bool, speed: float) -> None:
    """NOT FOR OPERATIONAL USE. Play FILE, a recording of ASTERIX, over the network, paced by its own time."""
    from safetynets.live.address import address, refuse_to_leave

    click.echo(NOT_OPERATIONAL)
    where = address(to, "--to")
    refuse_to_leave(where, "--to", really=really_send)
    from safetynets.live.play import play

    sent = play(file, where, speed, click.echo)
    click.echo(
        f"{sent.datagrams:,} datagrams, {sent.octets:,} octets: {sent.recorded_s:,.0f} s of recording "
        f"in {sent.took_s:,.1f} s"
    )


@live.command()
@click.argument("folder", type=FOLDER)
@click.argument("words", nargs=-1, required=True, metavar="DECISION")
def decide(folder: Path, words: tuple[str, ...]) -> None:
    """NOT FOR OPERATIONAL USE. Decide something for the monitor that records into FOLDER, while it runs.

    DECISION is one of: qnh-hpa HPA [REGION], volume-on NAME, volume-off NAME, volume-as-scheduled NAME,
    configuration-on NAME, configuration-off NAME, configuration-as-scheduled NAME,
    inhibit CALLSIGN, release CALLSIGN, acknowledge NUMBER.
    """
    from safetynets.live.journal import COMMANDS, read_manifest
    from safetynets.runs.decisions import parse

    read_manifest(folder)
    decision = parse(" ".join(words))
    with (folder / COMMANDS).open("a", encoding="utf-8") as file:
        file.write(f"{decision}\n")
    click.echo(f"Asked: {decision}")
