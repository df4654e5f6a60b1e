"""Proof that every link of a site lands and that nothing is loaded from outside."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote, urlsplit

from kpisite.errors import Place, Problem

_TAG = re.compile(rb"<(a|link|script|img|source|iframe|object|meta|use)\b([^>]*)>", re.I)
_ADDRESS = re.compile(rb"""\b(href|src|data|content)\s*=\s*"([^"]*)\"""", re.I)
_ANCHOR = re.compile(rb"""\bid="([^"]+)\"""")
_REFRESH = re.compile(r"\d+\s*;\s*url=(.+)", re.I)


def check_links(files: Mapping[str, bytes]) -> list[Problem]:
    """List every link that does not land, every load from outside, and (as a warning) every link that leads outside."""
    anchors: dict[str, set[str]] = {}
    problems = []
    for path in sorted(files):
        if path.endswith(".html"):
            problems += [problem for problem in _of_page(path, files, anchors) if problem]
    return problems


def _of_page(path: str, files: Mapping[str, bytes], anchors: dict[str, set[str]]) -> Iterator[Problem | None]:
    for tag, address in sorted(set(_addresses(files[path]))):
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            yield _leaves(path, tag, address)
        else:
            yield _lands(path, address, files, anchors)


def _addresses(html: bytes) -> Iterator[tuple[str, str]]:
    for tag, attributes in _TAG.findall(html):
        name = tag.decode().lower()
        for kind, value in _ADDRESS.findall(attributes):
            address = value.decode().replace("&amp;", "&")
            if kind.lower() == b"content":
                refresh = _REFRESH.fullmatch(address) if name == "meta" else None
                if refresh is None:
                    continue
                address = refresh[1]
            yield name, address


def _leaves(path: str, tag: str, address: str) -> Problem | None:
    if address.startswith("mailto:") and tag == "a":
        return None
    if tag == "a" and address.startswith(("http://", "https://")):
        what = f"the page links outside the site: {address}"
        return Problem(Place(path), what, "On an intranet it may lead nowhere.", "link-outside", "warning")
    return Problem(Place(path), f"the page loads from outside the site: {address}", "", "load-outside")


def _lands(path: str, address: str, files: Mapping[str, bytes], anchors: dict[str, set[str]]) -> Problem | None:
    link, _, anchor = address.partition("#")
    link = unquote(link.partition("?")[0])
    target = posixpath.normpath(posixpath.join(posixpath.dirname(path), link)) if link else path
    if target not in files:
        return Problem(Place(path), f"the link {address} leads nowhere", "", "dead-link")
    if anchor and target.endswith(".html"):
        if target not in anchors:
            anchors[target] = {found.decode() for found in _ANCHOR.findall(files[target])}
        if unquote(anchor) not in anchors[target]:
            return Problem(Place(path), f"the link {address} names a place that is not on that page", "", "dead-link")
    return None
