"""`python -m ctg_analysis` is the command `ctg`."""

from ctg_analysis.cli import main

main()
