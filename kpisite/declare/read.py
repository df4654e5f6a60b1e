"""From files to a Site: everything an author declared, checked, with the place of every part."""

import pathlib

from kpisite.declare.check import check
from kpisite.declare.control_files import with_control_files
from kpisite.declare.excerpt import with_excerpts
from kpisite.declare.gather import gather
from kpisite.declare.model import Site
from kpisite.declare.shape import shape
from kpisite.declare.target_files import with_target_files
from kpisite.errors import Problems


def read_site(config: pathlib.Path, problems: Problems) -> Site:
    """Read the site whose site.yaml this is; raises AuthorError with all problems of all files if there are any."""
    draft, texts = gather(config, problems)
    site = with_target_files(shape(draft, problems), draft, config.parent, problems)
    site = with_control_files(site, draft, config.parent, problems)
    # Where a file could not be read to its end, what it declares further down would only seem to be unknown.
    # Neither is anything known of a site.yaml that is empty.
    if draft.whole and draft.sections.keys() & {"site", "report"}:
        check(site, draft, problems)
    with_excerpts(problems, texts)
    problems.stop_if_any()
    return site
