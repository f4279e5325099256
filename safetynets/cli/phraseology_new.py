"""`safetynets phraseology new`: a rule set from answers, asked for here, in a file or on a page; or from another."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from safetynets.cli.common import open_page
from safetynets.cli.options import FILE
from safetynets.errors import PhraseologyError

if TYPE_CHECKING:
    from safetynets.phraseology.draft import Draft

_NO_NAME = "my-words"


@click.command()
@click.argument("name", required=False)
@click.option("--from", "start", help="Copy this rule set, to be changed in a text editor, in place of asking.")
@click.option("--answers", type=FILE, help="A file of answers, in place of asking (docs/phraseology.md).")
@click.option(
    "--page", is_flag=True, help="Ask on a page, served to this machine only, that shows and speaks the call."
)
@click.option("--port", default=5007, show_default=True, help="Port of the page; 0 takes any free one.")
@click.option("--out", type=FILE, help="The file to write; by default NAME.toml here.")
def new(
    name: str | None,
    start: str | None,
    answers: Path | None,
    page: bool,
    port: int,
    out: Path | None,
) -> None:
    """Make the rule set NAME: answer questions here, or on a page with --page, and the file is written.

    The rule set that you name answers every other alert. In a terminal the questions are asked one by one.
    """
    if sum((start is not None, answers is not None, page)) > 1:
        raise PhraseologyError("--from, --answers and --page exclude each other", mend="give one of them")
    if name is not None:
        from safetynets.phraseology import new_rule_set_text

        new_rule_set_text(name, start or "icao")
    if page:
        if out is not None:
            raise PhraseologyError("the page asks for the name", where="--out", mend="leave it out")
        _serve(name, port)
        return
    if start is not None:
        from safetynets.phraseology import new_rule_set_text

        name = name or _NO_NAME
        text = new_rule_set_text(name, start)
    else:
        draft = _answered(answers, name) if answers is not None else _asked(name)
        from safetynets.phraseology.draft import draft_text

        name, text = draft.name, draft_text(draft)
    _write(out or Path(f"{name}.toml"), text)


def _write(file: Path, text: str) -> None:
    from safetynets.output import write_whole

    if file.exists():
        raise PhraseologyError("the file is there already", file=file, mend="choose another name, or remove it")
    if not file.parent.is_dir():
        raise PhraseologyError("there is no such folder", file=file.parent, mend="make it first")
    write_whole(file, text, PhraseologyError)
    click.echo(f"wrote {file}; hear it with: safetynets phraseology say --rule-set {file} --wav call.wav")


def _serve(name: str | None, port: int) -> None:
    from safetynets.dashboard.words import EXAMPLE, serve

    def ready(address: str) -> None:
        click.echo(f"The page is at {address} until you press Ctrl-C")
        open_page(address)

    serve(Path.cwd(), port, ready, EXAMPLE | {"name": name} if name else EXAMPLE)


def _answered(file: Path, name: str | None) -> Draft:
    from safetynets.phraseology.draft import read_draft

    draft = read_draft(file)
    return draft if name is None else draft.model_copy(update={"name": name})


def nobody_to_ask() -> bool:
    """Whether standard input is no terminal."""
    return not sys.stdin.isatty()


def _asked(name: str | None) -> Draft:
    """Ask in the terminal; each call is shown as it would be said before the next is asked for."""
    if nobody_to_ask():
        raise PhraseologyError(
            "there is nobody to ask: standard input is no terminal",
            mend="give --answers FILE, or copy a rule set with --from icao",
        )
    from safetynets.phraseology import new_rule_set_text, rule_set_names
    from safetynets.phraseology.draft import NOTHING_ELSE

    click.echo(
        "Words for the alerts of a safety net. ( ) is filled in, [ ] is left out where it cannot be filled in.\n"
    )
    name = name or click.prompt("Name of the rule set: letters, digits and hyphens", default=_NO_NAME)
    new_rule_set_text(name)
    answers: dict[str, Any] = {
        "name": name,
        "title": click.prompt("Title, in a line"),
        "about": click.prompt("Who wrote the words, and for what"),
        "others": click.prompt(
            "Every other alert has the words of",
            default="icao",
            type=click.Choice([*rule_set_names(), NOTHING_ELSE]),
        ),
        "rule": [],
    }
    while True:
        answers["rule"].append(_asked_rule())
        draft = _checked(answers)
        if draft is None:
            click.echo("These words are asked for once more.")
            answers["rule"].pop()
            continue
        if not click.confirm("Words for another alert?", default=False):
            return draft


def _asked_rule() -> dict[str, str]:
    from safetynets.registry import registered

    nets = {net.name: [kind.word for kind in net.kinds] for net in registered()}
    net = click.prompt("\nWhich net alerts", type=click.Choice(list(nets), case_sensitive=False), default="APM").upper()
    kind = click.prompt("The aircraft is", type=click.Choice([*nets[net], "any"]), default=nets[net][0])
    navigation = click.prompt("It flies", type=click.Choice(["any", "vectored", "direct", "own"]), default="any")
    text = click.prompt(
        "The words", default="(aircraft call sign) TERRAIN ALERT, CLIMB IMMEDIATELY[, QNH IS (number)]."
    )
    told = {"net": net, "kind": "" if kind == "any" else kind, "navigation": navigation, "text": text}
    told["alert"] = click.prompt("Which of them say what it is about", default=_first_words(text), show_default=True)
    told["action"] = click.prompt("Which of them say what to do; - for none", default="-")
    told["if_no_answer"] = click.prompt("What is said if nobody answers within 5 seconds; - for nothing", default="-")
    told["controller_action"] = click.prompt("What the controller does", default="Say the words.")
    told["source"] = click.prompt("Where the words are from", default="our working group, first draft")
    return {key: "" if value == "-" else value for key, value in told.items()}


def _first_words(text: str) -> str:
    """The words after the call sign up to the first comma or stop."""
    return text.split(")", 1)[-1].strip().split(",")[0].split(".")[0]


def _checked(answers: dict[str, Any]) -> Draft | None:
    """The draft, after its last call was shown; None where that cannot stand, which is said."""
    from safetynets.phraseology import sample_calls
    from safetynets.phraseology.draft import Draft, draft_of, draft_problems, rule_set_of

    draft = draft_of(answers)
    if not isinstance(draft, Draft):
        for problem in draft:
            click.echo(f"{'.'.join(map(str, problem.path[-1:]))}: {problem.text}", err=True)
        return None
    problems = draft_problems(draft)
    for _, key, text, mend in problems:
        click.echo(f"{key}: {text}{f'; {mend}' if mend else ''}", err=True)
    if problems:
        return None
    rule_set = rule_set_of(draft)
    said = next(call for call in sample_calls(rule_set) if call.rule == rule_set.rules[len(draft.rules) - 1].name)
    click.echo(f"\nIt is said: {said.text}\n")
    return draft
