"""``python -m casestudy`` is the command line."""

import sys

from casestudy.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
