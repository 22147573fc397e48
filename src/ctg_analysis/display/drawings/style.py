"""One palette, one hand: every chart is drawn with these."""

# What colours tell is told without them too: bars bear their names, classes go from light to dark, falls are striped.
TERRITORY = "#0b4f6c"
OTHERS = {"departement": "#c65d21", "region": "#8a7fb5", "france": "#8c8c8c", "peers": "#4f7a4a"}
PARTS = ("#0b4f6c", "#7fb2c9", "#e0a458", "#5c5c5c")
INK, FAINT, PAPER, LAND, RULE, BAND = "#1d1d1b", "#57544d", "#fff", "#f1efe9", "#b9b5ab", "#e3eef3"
GRID, WARM = "#e4e0d6", "#a8480f"  # fainter than a rule; of words about what is orange
SEQUENTIAL = ("#e3eef3", "#b3d0dd", "#77a9c0", "#3c7d9b", "#0b4f6c")
DIVERGING = ("#b5541c", "#e3a77c", "#f0ede6", "#7fb2c9", "#0b4f6c")

WIDTH = 440  # of a drawing, in its own units: narrow, so that the text stays readable on a phone
SIZE, SMALL = 12, 11.5  # of letters, in the same units: 10 px at least on a screen of 390
LETTERS, ON_A_PHONE = 10.5, 11.5  # of the names of a map; on a phone (style.css), where they must still find room
LINE = 1.18  # from a line of text to the next, in letters
