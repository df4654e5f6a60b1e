"""Are names free for their use, and do sources stay inside the site's folder?"""

import re
import unicodedata

from kpisite.declare.draft import Draft
from kpisite.declare.model import Path, Site
from kpisite.errors import Problems

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def check_names(site: Site, draft: Draft, problems: Problems) -> None:
    """Ids that mean something else elsewhere, and languages that are none."""
    # Words that tables, files and addresses of the site use for something else.
    reserved = {"products": {"bank", *(f"line-{line}" for line in site.lines)}, "families": {"composite"}}
    for section, words in reserved.items():
        for id_ in draft.ids(section):
            if id_ in words:
                problems.error(
                    draft.key_place(section, id_),
                    f"the id '{id_}' is taken by the site itself",
                    "Choose another id.",
                    "reserved-id",
                )
    for name in site.params:
        if name in site.measures:
            first = draft.key_place("measures", name)
            what = f"'{name}' is a param and a measure"
            problems.error(
                draft.key_place("params", name), what, f"The measure is at {first}; rename one.", "name-twice"
            )
    _check_codes(site, draft, problems)
    _check_languages(site.site.languages, draft, problems)


def _check_codes(site: Site, draft: Draft, problems: Problems) -> None:
    """What data call one product must not mean another."""
    owner = {id_: id_ for id_ in site.products}
    for id_, product in site.products.items():
        for number, code in enumerate(product.codes):
            # Compared as the labels in data are.
            label = unicodedata.normalize("NFKC", code).strip()
            first = owner.setdefault(label, id_)
            if first != id_ or not label:
                what = f"the code '{code}' means the product '{first}'" if label else "the code is empty"
                place = draft.place("products", id_, "codes", number)
                problems.error(place, what, "A code belongs to one product.", "code-twice")


def check_sources(site: Site, draft: Draft, problems: Problems) -> None:
    """Files of sources lie below the site's folder."""
    written: list[tuple[str, str, Path]] = [
        (f"the source '{id_}'", path, ("sources", id_, key))
        for id_, one in site.sources.items()
        for key, path in (("file", one.file), ("query", one.query))
        if path
    ]
    if site.competitors is not None:
        written.append(("the file of the competitors", site.competitors.file, ("competitors", "file")))
    for who, file, path in written:
        parts = re.split(r"[/\\]", file)
        is_absolute = parts[0] == "" or parts[0].endswith(":") or file.startswith("~")
        if is_absolute or ".." in parts:
            what = f"{who} leads outside the site's folder: '{file}'"
            hint = "Write a path below the site's folder, like 'data/*.csv'."
            problems.error(draft.place(*path), what, hint, "path-outside")
        elif "\\" in file:
            what = f"{who} has a backslash in its path: '{file}'"
            problems.error(draft.place(*path), what, "Write '/' between folders.", "path-backslash")


def _check_languages(languages: tuple[str, ...], draft: Draft, problems: Problems) -> None:
    if not languages:
        problems.error(
            draft.place("site", "languages"), "the site has no language", "Write [zh, en], [zh] or [en].", "language"
        )
    for number, language in enumerate(languages):
        place = draft.place("site", "languages", number)
        if not LANGUAGE.fullmatch(language):
            problems.error(place, f"'{language}' is no language code", "Write codes like zh or en.", "language")
        elif language in languages[:number]:
            problems.error(place, f"the language '{language}' is listed twice", "Keep one.", "language")
