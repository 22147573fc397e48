"""`python -P -m ctg_analysis` is the command `ctg`."""

import sys

if not sys.flags.safe_path:
    sys.path.pop(0)  # the current folder, which Python puts there: what lies in it is not our code

from ctg_analysis.cli import main

main()
