"""Tables of commands and their options, and the parser that argparse makes of them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Option:
    """An option of a command: `settings` are those of argparse's add_argument."""

    flag: str
    settings: dict[str, Any]
    deprecated: str | None = None  # its flag before, still understood for one release


@dataclass(frozen=True)
class Command:
    """A command with its options and the function that runs it and returns the exit code."""

    name: str
    help: str
    options: Sequence[Option]
    run: Callable[[argparse.Namespace], int]


def option(flag: str, *, deprecated: str | None = None, **settings: Any) -> Option:
    """Makes an option as add_argument would take it."""
    return Option(flag, settings, deprecated)


def make_parser(
    prog: str, description: str | None, commands: Sequence[Command]
) -> argparse.ArgumentParser:
    """Makes the parser of a table; the parsed options hold the command's function as `run`."""
    root = argparse.ArgumentParser(prog=prog, description=description)
    parsers = root.add_subparsers(required=True, metavar="COMMAND")
    for command in commands:
        parser = parsers.add_parser(command.name, help=command.help, description=command.help)
        for one in command.options:
            action = parser.add_argument(one.flag, **one.settings)
            if one.deprecated is not None:
                settings = one.settings | {"dest": action.dest, "help": argparse.SUPPRESS}
                # The default is that of the present flag.
                settings["default"] = argparse.SUPPRESS
                parser.add_argument(one.deprecated, action=renamed_to(one.flag), **settings)
        parser.set_defaults(run=command.run)
    return root


def renamed_to(flag: str) -> type[argparse.Action]:
    """Makes an action that stores the values of an old option and warns of its new name."""

    class Renamed(argparse.Action):
        def __call__(self, parser, namespace, values, option_string=None) -> None:
            print(f"warning: {option_string} is deprecated: use {flag}", file=sys.stderr)
            setattr(namespace, self.dest, values)

    return Renamed
