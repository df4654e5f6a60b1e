"""The navigation: which sections a site has, and which pages of its own."""

from collections.abc import Mapping

from kpisite.declare.model import Site
from kpisite.render.parts import NavItem

# The main navigation: key of its text, page.
SECTIONS = (
    ("summary", "index.html"),
    ("products", "products/index.html"),
    ("indicators", "indicators/index.html"),
    ("families", "families/index.html"),
    ("warnings", "warnings/index.html"),
    ("plans", "plans/index.html"),
    ("playbook", "playbook/index.html"),
    ("competitors", "competitors/index.html"),
    ("strategy_map", "strategy-map/index.html"),
    ("data_quality", "data-quality/index.html"),
    ("methodology", "methodology/index.html"),
    ("glossary", "glossary/index.html"),
    ("history", "history/index.html"),
)


def navigation(site: Site, words: Mapping[str, str]) -> tuple[NavItem, ...]:
    """The sections of a site in their order."""
    return tuple(NavItem(key, words[key], href) for key, href in SECTIONS if _exists(site, key))


def own_pages(site: Site) -> tuple[str, ...]:
    """The site's own pages in their order."""
    return tuple(sorted(site.texts, key=lambda id_: (site.texts[id_].order, id_)))


def _exists(site: Site, section: str) -> bool:
    """Sites without plans, practices, terms or a strategy map do not show empty pages for them."""
    needs = {
        "plans": site.plans,
        "playbook": site.practices,
        "glossary": site.glossary,
        "competitors": site.competitors,
    }
    if section == "strategy_map":
        return bool(site.strategy_map)
    return bool(needs.get(section, True))
