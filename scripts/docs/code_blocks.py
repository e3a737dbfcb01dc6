#!/usr/bin/env python3
"""Fills the Java blocks of README.md and docs/*.md with the regions of the examples that they name.

A line <!-- Tables#read --> names the lines between "// region read" and "// endregion" of Tables.java, among the examples or, if it
needs Spark, ONNX, LangChain4j, language models or the server, the tests of that module, or the Spring service; the block below it, or a new one, becomes equal to them. A folded block
after it has the imports that the region needs. So do the Javadoc comments of core and datasets, without imports: JavadocTest
compares them. DocumentationTest fails where code differs, mkdocs where imports do; this script mends
both.
"""
import re
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = [ROOT / each for each in ("examples/src/main/java/dev/neurite/examples", "spark/src/test/java/dev/neurite/spark",
                                   "onnx/src/test/java/dev/neurite/onnx", "langchain4j/src/test/java/dev/neurite/langchain4j",
                                   "llm/src/test/java/dev/neurite/llm",
                                   "serve/src/test/java/dev/neurite/serve",
                                   "examples/spring-service/src/main/java/dev/neurite/examples/spring",
                                   "examples/spring-service/src/test/java/dev/neurite/examples/chat")]
FOLDED = '<details markdown="1"><summary>Imports</summary>\n\n```java\n{}```\n\n</details>'
BLOCK = re.compile(r"<!-- (\w+)#(\w+) -->(?:\n```java\n.*?```(?:\n<details markdown=\"1\"><summary>Imports</summary>.*?</details>)?)?", re.S)

COMMENT = re.compile(r"^( *///) <!-- (\w+)#(\w+) -->(?:\n\1 ```java\n(?:\1.*\n)*?\1 ```)?", re.M)


def region(source, file, name):
    """The lines of all parts of a region, without their common indent."""
    parts = re.findall(rf"^ *// region {name}\n(.*?)^ *// endregion", source, re.M | re.S)
    if not parts:
        raise SystemExit(f"{file}.java has no region {name}")
    return "\n".join(textwrap.dedent(part).rstrip() + "\n" for part in parts)


def library(name):
    """The file or folder of a type or package of this project; None if it is of another."""
    path = name.replace(".", "/")
    return next((each for end in (".java", "") for each in ROOT.glob(f"*/src/main/java/{path}{end}")), None)


def is_used(line, words):
    """Whether an import gives a meaning to one of these words."""
    static, name = re.fullmatch(r"import (static |module )?([^;]+);", line).groups()
    if static == "module ":
        return True
    if not name.endswith(".*"):
        return name.rpartition(".")[2] in words
    home = library(name.removesuffix(".*"))
    if home is None:
        return True
    if home.is_dir():
        return any((home / f"{word}.java").exists() for word in words)
    members = set(re.findall(r"^    (?:public )?(?:static )?(?:final )?[\w<>\[\], .?]+ (\w+)(?: =|;|\()", home.read_text(), re.M))
    return bool(members & words)


def imports(file, source, code):
    """The imports of a file that the code needs; and of an example in a package of the library, the classes of that package."""
    words = set(re.findall(r"(?<![.:\w])[A-Za-z]\w*", re.sub(r'//.*|"(?:[^"\\\n]|\\.)*"', "", code)))
    used = [line for line in re.findall(r"^import [^;]+;$", source, re.M) if is_used(line, words)]
    statics = [line for line in used if line.startswith("import static ")]
    others = [line for line in used if line not in statics]
    if "test" in file.parts:
        package = re.search(r"^package ([^;]+);$", source, re.M)[1]
        home = library(package)  # None of a service in the tests
        own = [f"import {package}.{word};" for word in words if home and (home / f"{word}.java").exists()]
        others = sorted([*others, *own])
    return "".join(line + "\n" for line in [*statics, *([""] if statics and others else []), *others])


def fill(match):
    file, name = match[1], match[2]
    path = next(each / f"{file}.java" for each in FOLDERS if (each / f"{file}.java").exists())
    source = path.read_text()
    code = region(source, file, name)
    needed = imports(path, source, code)
    return f"<!-- {file}#{name} -->\n```java\n{code}```" + ("\n" + FOLDED.format(needed) if needed else "")


def filled(text):
    """A page with all blocks as they should be."""
    return BLOCK.sub(fill, text)


def fill_comment(match):
    """A block in a comment of a class, whose lines begin with /// as the marker's does."""
    begin, file, name = match[1], match[2], match[3]
    code = region((FOLDERS[0] / f"{file}.java").read_text(), file, name)
    lines = "".join(f"{begin} {line}".rstrip() + "\n" for line in code.splitlines())
    return f"{begin} <!-- {file}#{name} -->\n{begin} ```java\n{lines}{begin} ```"


def filled_comments(text):
    """A class whose comments have all blocks as they should be."""
    return COMMENT.sub(fill_comment, text)


DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
CLASSES = [file for module in ("core", "datasets") for file in sorted((ROOT / module / "src/main/java").glob("**/*.java"))]

if __name__ == "__main__":
    for files, fills in ((DOCUMENTS, filled), (CLASSES, filled_comments)):
        for file in files:
            text = file.read_text()
            if fills(text) != text:
                file.write_text(fills(text))
                print(file.relative_to(ROOT))
