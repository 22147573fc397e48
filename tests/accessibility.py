"""What axe-core finds in a page of a browser, and the screens on which it is asked."""

from axe_playwright_python.sync_playwright import Axe

AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
WIDE, PHONE, NARROWEST, HEIGHT = 1280, 390, 320, 900


def violations(page, within="html") -> list[str]:
    """Return what axe-core finds within an element: the rule, and the first element that breaks it."""
    found = page.evaluate("([within, options]) => axe.run(within, options)", [within, AXE])["violations"]
    return [f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:300]}" for one in found]


def with_axe(page):
    """Give a page to axe-core; the inside of an image is tested by itself, see CONTRASTS."""
    page.evaluate("document.querySelectorAll('svg[role=img]').forEach(one => one.replaceChildren())")
    page.evaluate(Axe().axe_script)
    return page
