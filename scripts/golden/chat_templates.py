#!/usr/bin/env python3
"""Writes what Jinja 3.1 renders of the chat templates of module llm's tests, set up as the library transformers does.

Usage: scripts/golden/chat_templates.py, with python3-jinja2. Reads *.jinja and conversations.json beside golden.json.
"""
import json
import pathlib

import jinja2
import jinja2.ext
import jinja2.sandbox

FOLDER = pathlib.Path(__file__).parents[2] / "llm/src/test/resources/dev/neurite/llm/chat"


class Generation(jinja2.ext.Extension):
    """The block that transformers adds; it renders what is inside."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_render"), [], [], body).set_lineno(line)

    def _render(self, caller):
        return caller()


def refuse(message):
    raise jinja2.exceptions.TemplateError(message)


def environment():
    made = jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])
    made.filters["tojson"] = lambda value, ensure_ascii=False, indent=None, separators=None, sort_keys=False: json.dumps(
        value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)
    made.globals["raise_exception"] = refuse
    made.globals["strftime_now"] = lambda form: "05 Mar 2025"
    return made


def main():
    conversations = json.loads((FOLDER / "conversations.json").read_text())
    golden = {}
    for file in sorted(FOLDER.glob("*.jinja")):
        template = environment().from_string(file.read_bytes().decode())
        of_file = golden[file.stem] = {}
        for name, each in conversations.items():
            try:
                of_file[name] = {"text": template.render(
                    **{"tools": None, "documents": None} | each.get("more", {}),
                    messages=each["messages"], bos_token="<s>", eos_token="</s>",
                    add_generation_prompt=each.get("generation", True))}
            except (jinja2.exceptions.TemplateError, TypeError) as e:
                of_file[name] = {"error": str(e)}
    (FOLDER / "golden.json").write_text(json.dumps(golden, ensure_ascii=False, indent=1) + "\n")


main()
