#!/usr/bin/env python3
"""Fills the Java blocks of README.md and docs/*.md with the regions of the examples that they name.

A line <!-- Tables#read --> names the lines between "// region read" and "// endregion" of Tables.java, among the examples or, if it
needs Spark, ONNX or LangChain4j, the tests of that module; the block below it, or
a new one, becomes equal to them. DocumentationTest fails where a block differs; this script mends it.
"""
import re
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = [ROOT / each for each in ("examples/src/main/java/dev/neurite/examples", "spark/src/test/java/dev/neurite/spark",
                                   "onnx/src/test/java/dev/neurite/onnx", "langchain4j/src/test/java/dev/neurite/langchain4j")]


def region(file, name):
    """The lines of all parts of a region, without their common indent."""
    source = next(each / f"{file}.java" for each in FOLDERS if (each / f"{file}.java").exists())
    parts = re.findall(rf"^ *// region {name}\n(.*?)^ *// endregion", source.read_text(), re.M | re.S)
    if not parts:
        raise SystemExit(f"{file}.java has no region {name}")
    return "\n".join(textwrap.dedent(part).rstrip() + "\n" for part in parts)


def fill(match):
    return f"<!-- {match[1]}#{match[2]} -->\n```java\n{region(match[1], match[2])}```"


for document in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
    text = document.read_text()
    filled = re.sub(r"<!-- (\w+)#(\w+) -->(?:\n```java\n.*?```)?", fill, text, flags=re.S)
    if filled != text:
        document.write_text(filled)
        print(document.relative_to(ROOT))
