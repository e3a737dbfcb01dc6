"""Hooks of mkdocs.yml: the pages outside of docs/, the files that pages link to, and the thread from page to page.

README.md is the first page; a file that is no page, such as an example, becomes source/<its path>.txt. So links are right both in
the repository and on the site. Each page of the navigation must end with a link to the next one, pages for users must be short, and Java
with its imports be that of the examples: warnings, which --strict refuses.
"""
import logging
import os
import re
import sys
from pathlib import Path

from mkdocs.structure.files import File

sys.path.insert(0, str(Path(__file__).parent))
sys.dont_write_bytecode = True
import code_blocks  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
OUTSIDE = {"README.md": "index.md", "ARCHITECTURE.md": "architecture.md", "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}
ORIGIN = {page: origin for origin, page in OUTSIDE.items()}
ITEM = re.compile(r" *(?:[-*]|\d+\.) ")
LINK = re.compile(r"(\]\()([^)\s#]+)((?:#[^)\s]*)?\))")
MOST_WORDS = {"Book": 1500, "How to": 1500}  # as wc -w counts; README.md has at most 900
log = logging.getLogger("mkdocs.docs")
titles = {}


def origin(uri):
    """The path of a page in the repository."""
    return ORIGIN.get(uri, f"docs/{uri}")


def place(target):
    """Where a file of the repository is on the site."""
    if target in OUTSIDE:
        return OUTSIDE[target]
    return target.removeprefix("docs/") if target.startswith("docs/") else f"source/{target}.txt"


def targets(uri, text):
    """The files that a page links to, by their paths in the repository."""
    folder = os.path.dirname(origin(uri))
    for link in LINK.finditer(text):
        if "://" not in link[2]:
            yield os.path.normpath(os.path.join(folder, link[2]))


def on_files(files, config):
    for source, page in OUTSIDE.items():
        files.append(File.generated(config, page, content=(ROOT / source).read_text()))
    pages = {file.src_uri: file.content_string for file in files.documentation_pages()}
    sources = {each for uri, text in pages.items() for each in targets(uri, text) if place(each).startswith("source/")}
    for each in sorted(sources):
        if (ROOT / each).is_file():
            files.append(File.generated(config, place(each), abs_src_path=str(ROOT / each)))
        else:
            log.warning("a page links to '%s', which is no file", each)
    for uri, text in pages.items():
        if ROOT / origin(uri) in code_blocks.DOCUMENTS and code_blocks.filled(text) != text:
            log.warning("%s has blocks of Java that differ: run scripts/docs/code_blocks.py", origin(uri))
        titles[uri] = re.search(r"^# (.*)$", text, re.M)[1]
    listed = set(targets("adr/README.md", pages["adr/README.md"]))
    for uri in pages:
        if uri.startswith("adr/0") and f"docs/{uri}" not in listed:
            log.warning("docs/adr/README.md does not list %s", uri)
    return files


def on_nav(nav, config, files):
    for page, after in zip(nav.pages, nav.pages[1:]):
        text = page.file.content_string.rstrip()
        uri, follows = page.file.src_uri, after.file.src_uri
        if uri in ORIGIN or uri == "adr/README.md":
            continue
        path = os.path.relpath(origin(follows), os.path.dirname(origin(uri)))
        expected = f"Next: [{titles[follows]}]({path})"
        if text.split("\n")[-1] != expected:
            log.warning("%s ends otherwise than with\n%s", origin(uri), expected)
    short(nav.homepage, 900)
    for section in nav.items:
        for page in section.children or []:
            short(page, MOST_WORDS.get(section.title, 10_000))
    return nav


def short(page, most):
    words = len(page.file.content_string.split())
    if words > most:
        log.warning("%s has %s words, more than %s", origin(page.file.src_uri), words, most)


def on_page_markdown(markdown, page, config, files):
    uri = page.file.src_uri
    folder = os.path.dirname(origin(uri))

    def rewrite(link):
        if "://" in link[2]:
            return link[0]
        target = place(os.path.normpath(os.path.join(folder, link[2])))
        return link[1] + os.path.relpath(target, os.path.dirname(uri) or ".") + link[3]

    return apart(LINK.sub(rewrite, markdown))


def apart(markdown):
    """With an empty line between a paragraph and the list after it, which Markdown as GitHub reads it does not need."""
    lines, fenced, listed = [], False, False
    for line in markdown.split("\n"):
        fenced ^= line.lstrip().startswith("```")
        item = not fenced and ITEM.match(line)
        if item and not listed and lines and lines[-1].strip():
            lines.append("")
        listed = bool(line.strip()) and bool(item or listed)
        lines.append(line)
    return "\n".join(lines)
