"""`python -m bot …` is the `tohotro` command."""

from bot.cli import app

if __name__ == "__main__":
    app(prog_name="tohotro")
