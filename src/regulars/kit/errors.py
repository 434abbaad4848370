"""Errors meant for the person who can put them right."""

FAILED = 1
USAGE = 2


class CliError(Exception):
    """One clear sentence for whoever runs Regulars, and the exit code of the command that failed with it."""

    def __init__(self, sentence: str, exit_code: int = FAILED) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.exit_code = exit_code
