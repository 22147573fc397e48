"""For notebooks and pages: charts by matplotlib and seaborn, in one style, as light SVG."""
