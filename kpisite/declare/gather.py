"""Reading all files of a site into one draft: site.yaml, and YAML and Markdown below content/."""

import pathlib

from kpisite.declare.draft import NOUNS, Draft, add
from kpisite.declare.files import MARKDOWN_ENDING, content_files, doubt_endings, read_text
from kpisite.declare.front_matter import split
from kpisite.declare.yaml_source import Document, Mark, Value, read_yaml
from kpisite.errors import Place, Problems, did_you_mean

# Folders of content/ whose Markdown files declare or describe one thing each, and the section it belongs to.
FOLDERS = {
    "families": "families",
    "indicators": "indicators",
    "pages": "texts",
    "plans": "plans",
    "playbook": "practices",
    "products": "products",
}
_BEGIN = "Front matter stands at the beginning, between two lines of ---."
# What SiteInfo says when the site says nothing.
_LANGUAGES = ("zh", "en")


def gather(config: pathlib.Path, problems: Problems) -> tuple[Draft, dict[str, str]]:
    """Read every file; gives the draft and the text of each file by its name."""
    root = config.parent
    draft = Draft(config.name)
    texts: dict[str, str] = {}
    if not config.is_file():
        problems.error(Place(config.name), "there is no such file", "A site begins with its site.yaml.", "no-site")
        return draft, texts
    for path in (config, *content_files(root)):
        name = path.relative_to(root).as_posix()
        text = read_text(path, root, problems)
        if text is None:
            draft.whole = False
            continue
        texts[name] = text
        if path.suffix == MARKDOWN_ENDING:
            _Markdown(draft, problems, name).add(text)
        else:
            add(draft, read_yaml(text, name, problems), problems)
    doubt_endings(root, problems)
    _check_bodies(draft, problems)
    return draft, texts


class _Markdown:
    """One Markdown file on its way into the draft."""

    def __init__(self, draft: Draft, problems: Problems, name: str) -> None:
        self.draft = draft
        self.problems = problems
        self.name = name
        parts = pathlib.PurePosixPath(name).parts
        self.folder = parts[1] if len(parts) > 2 else ""
        self.id, _, self.language = pathlib.PurePosixPath(name).stem.partition(".")

    def add(self, text: str) -> None:
        """Declare what the front matter says, and keep the text below it."""
        if self.folder not in FOLDERS:
            folders = ", ".join(FOLDERS)
            self.problems.warn(
                Place(self.name),
                "this file belongs to nothing",
                f"Markdown is read from content/ in {folders}.",
                "stray-file",
            )
            return
        parts = split(text, self.name, self.problems)
        if parts is None:
            self._take(Document(self.name, None, {}))
            return
        if parts.front is not None:
            if self.language:
                what = "a translation has no front matter"
                hint = f"Declare it in {self.id}.md and keep the text only."
                self.problems.error(Place(self.name, 1, 1), what, hint, "front-matter-twice")
            else:
                self._declare(parts.front)
        self._keep(parts.body, parts.body_line)

    def _declare(self, front: str) -> None:
        document = read_yaml(front, self.name, self.problems, (FOLDERS[self.folder], self.id), lines_before=1)
        value = document.value
        if value is None and document.whole:
            self.problems.error(Place(self.name, 1, 1), "the front matter is empty", "", "front-matter-empty")
        elif value is not None and not isinstance(value, dict):
            mark = document.marks[FOLDERS[self.folder], self.id]
            what = "the front matter is no mapping"
            self.problems.error(
                Place(self.name, mark.line, mark.col), what, "Write lines of 'key: value'.", "front-matter-shape"
            )
        self._take(document)

    def _take(self, document: Document) -> None:
        """The thing is known by its file's name even where its front matter cannot be read."""
        section = FOLDERS[self.folder]
        is_readable = document.whole and isinstance(document.value, dict)
        broken = document.broken if is_readable else ((section, self.id),)
        marks = {(section, self.id): Mark(1, 1, 1, 1), **document.marks}
        entry: Value = {section: {self.id: document.value if is_readable else None}}
        add(self.draft, Document(self.name, entry, marks, broken), self.problems)

    def _keep(self, body: str, line: int) -> None:
        languages = _languages(self.draft)
        language = self.language or languages[0]
        if language not in languages:
            hint = did_you_mean(language, languages)
            self.problems.error(Place(self.name), f"the site has no language '{language}'", hint, "unknown-language")
        elif body:
            about = f"{self.folder}/{self.id}"
            self.draft.bodies.setdefault(about, {})[language] = body
            self.draft.body_places["bodies", about, language] = Place(self.name, line, 1)


def _languages(draft: Draft) -> tuple[str, ...]:
    site = draft.sections.get("site")
    written = site.get("languages") if isinstance(site, dict) else None
    found = tuple(str(one) for one in written) if isinstance(written, list) else ()
    return found or _LANGUAGES


def _check_bodies(draft: Draft, problems: Problems) -> None:
    """Every text is about something that is declared."""
    texts = [(str(about), Place(place.file)) for (_, about, _), place in draft.body_places.items()]
    # The file that should declare it comes first: what else speaks of it is then no mistake of its own.
    for about, place in sorted(texts, key=lambda one: not _should_declare(*one)):
        folder, id_ = about.split("/")
        section = FOLDERS[folder]
        if id_ in draft.ids(section) or not draft.whole:
            continue
        what, hint = f"no {NOUNS[section]} is called '{id_}'", did_you_mean(id_, draft.ids(section))
        if _should_declare(about, place):
            what = f"{what}, and this file has no front matter that would declare it"
            hint = f"{hint if hint.startswith('Did') else ''} {_BEGIN}".lstrip()
            add(draft, Document(place.file, {section: {id_: None}}, {}, ((section, id_),)), problems)
        problems.error(place, what, hint or _BEGIN, f"unknown-{NOUNS[section]}")


def _should_declare(about: str, place: Place) -> bool:
    """Is it the thing's own file, and no translation?"""
    return pathlib.PurePosixPath(place.file).stem == about.split("/")[1]
