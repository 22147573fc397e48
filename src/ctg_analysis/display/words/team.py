"""What a page holds for the team: boxes of what is missing, commands, code. No reader sees it, no document has it."""

import re

TEAM = "<!--team-->", "<!--/team-->"  # what stands between
OF_TEAM = re.compile(f"{TEAM[0]}.*?{TEAM[1]}", re.DOTALL)


def for_team(html: str) -> str:
    """HTML that the team alone sees; never one within another.

    >>> for_readers("<p>12 places</p>" + for_team("<p>ctg new 200067171</p>"))
    '<p>12 places</p>'
    """
    return f'{TEAM[0]}<div class="for-team">{html}</div>{TEAM[1]}'


def for_readers(html: str) -> str:
    """HTML without what is for the team."""
    return OF_TEAM.sub("", html)
