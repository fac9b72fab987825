"""``python -m renderer.cli``."""

from renderer.cli.main import main

main()
