"""Text as people write it by hand and send it: nothing in it is turned round."""

import re

# What turns the direction of a text round: it then reads otherwise than it is written.
BIDIRECTIONAL = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
TURNED_ROUND = "un caractère invisible qui retourne le texte", "un texte simple : taper de nouveau les mots"
