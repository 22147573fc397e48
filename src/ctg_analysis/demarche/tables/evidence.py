"""What a proof of a constat may be, and what the figure of an indicator is held to show."""

INDICATOR, SURVEY, INTERVIEW, DOCUMENT, WORKSHOP = "indicateur", "enquête", "entretien", "document", "atelier"
JOIN = "+"  # between the parts of a reference: indicator+territory+period, document+page
HIGHER, LOWER, CLOSE, RISING, FALLING, AT_LEAST, AT_MOST = (
    "plus élevé que",
    "plus faible que",
    "proche de",
    "en hausse depuis",
    "en baisse depuis",
    "au moins",
    "au plus",
)
