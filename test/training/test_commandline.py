"""The options of the commands."""

from __future__ import annotations

from typing import Any

import pytest

from training.cli import COMMANDS, main
from training.commandline import make_parser

ACTIONS = ["actions", "--mode", "expert"]


def parse(*arguments: str) -> Any:
    return make_parser("training", None, COMMANDS).parse_args(arguments)


@pytest.mark.parametrize(
    ("old", "new", "values"),
    [("--favour", "oversample", ["red", "cube"]), ("--keep", "freeze", ["eye"])],
)
def test_renamed(old: str, new: str, values: list[str], capsys: pytest.CaptureFixture) -> None:
    """The former flag sets the same option and warns of its new name."""
    assert getattr(parse(*ACTIONS, f"--{new}", *values), new) == values
    assert capsys.readouterr().err == ""
    assert getattr(parse(*ACTIONS, old, *values), new) == values
    assert capsys.readouterr().err == f"warning: {old} is deprecated: use --{new}\n"
    assert getattr(parse(*ACTIONS), new) == []


def test_renamed_choices(capsys: pytest.CaptureFixture) -> None:
    """The former flag refuses what the new one refuses, and help shows the new one alone."""
    with pytest.raises(SystemExit):
        parse(*ACTIONS, "--keep", "elbow")
    assert "invalid choice: 'elbow'" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        parse("actions", "--help")
    text = capsys.readouterr().out
    assert "--freeze" in text and "--keep" not in text and "--favour" not in text


@pytest.mark.parametrize("name", [command.name for command in COMMANDS])
def test_help(name: str, capsys: pytest.CaptureFixture) -> None:
    """Every option of every command is explained."""
    command = next(one for one in COMMANDS if one.name == name)
    flags = [one.flag for one in command.options]
    assert len(flags) == len(set(flags))
    with pytest.raises(SystemExit) as ended:
        parse(name, "--help")
    assert ended.value.code == 0
    text = capsys.readouterr().out
    assert all(flag in text for flag in flags)
    assert [one.flag for one in command.options if not one.settings.get("help")] == []


@pytest.mark.parametrize("more", [[], ["--init", "a.pt", "--from-scratch"], ["--from-scratch"]])
def test_beginning(more: list[str], capsys: pytest.CaptureFixture) -> None:
    """Training the expert alone needs the checkpoint of a planner, and no other beginning."""
    assert main([*ACTIONS, *more]) == 2
    assert "--init" in capsys.readouterr().out
