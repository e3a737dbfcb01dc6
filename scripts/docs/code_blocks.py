#!/usr/bin/env python3
"""Fills the Java blocks of README.md and docs/*.md with the regions of the examples that they name.

A line <!-- Tables#read --> names the lines between "// region read" and "// endregion" of Tables.java, among the examples or, if it
needs Spark, ONNX or LangChain4j, the tests of that module; the block below it, or a new one, becomes equal to them. A folded block
after it has the imports of the file whose names the region uses. DocumentationTest fails where a block differs; this script mends it.
"""
import re
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = [ROOT / each for each in ("examples/src/main/java/dev/neurite/examples", "spark/src/test/java/dev/neurite/spark",
                                   "onnx/src/test/java/dev/neurite/onnx", "langchain4j/src/test/java/dev/neurite/langchain4j")]
FOLDED = '<details markdown="1"><summary>Imports</summary>\n\n```java\n{}```\n\n</details>'
BLOCK = re.compile(r"<!-- (\w+)#(\w+) -->(?:\n```java\n.*?```(?:\n<details markdown=\"1\"><summary>Imports</summary>.*?</details>)?)?", re.S)


def region(source, file, name):
    """The lines of all parts of a region, without their common indent."""
    parts = re.findall(rf"^ *// region {name}\n(.*?)^ *// endregion", source, re.M | re.S)
    if not parts:
        raise SystemExit(f"{file}.java has no region {name}")
    return "\n".join(textwrap.dedent(part).rstrip() + "\n" for part in parts)


def imports(file, source, code):
    """The imports of a file whose names stand in the code, outside of comments and texts, and those of whole modules; and of an
    example in a package of the library, the classes of that package."""
    code = re.sub(r'//.*|"(?:[^"\\\n]|\\.)*"', "", code)
    statics, others = [], []
    for line in re.findall(r"^import [^;]+;$", source, re.M):
        name = re.split(r"[. ]", line.removesuffix(";"))[-1]
        if line.startswith("import module ") or re.search(rf"(?<![.:\w]){name}\b", code):
            (statics if line.startswith("import static ") else others).append(line)
    if "test" in file.parts:
        package = re.search(r"^package ([^;]+);$", source, re.M)[1]
        library = Path(*("main" if part == "test" else part for part in file.parent.parts))
        names = {name for name in re.findall(r"(?<![.:\w])[A-Z]\w*", code) if (library / f"{name}.java").exists()}
        others = sorted([*others, *(f"import {package}.{name};" for name in names)])
    return "".join(line + "\n" for line in [*statics, *([""] if statics and others else []), *others])


def fill(match):
    file, name = match[1], match[2]
    path = next(each / f"{file}.java" for each in FOLDERS if (each / f"{file}.java").exists())
    source = path.read_text()
    code = region(source, file, name)
    needed = imports(path, source, code)
    return f"<!-- {file}#{name} -->\n```java\n{code}```" + ("\n" + FOLDED.format(needed) if needed else "")


for document in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
    text = document.read_text()
    filled = BLOCK.sub(fill, text)
    if filled != text:
        document.write_text(filled)
        print(document.relative_to(ROOT))
