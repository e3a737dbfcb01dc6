#!/usr/bin/env python3
"""Makes the schemas by which ManifestsTest checks examples/kubernetes: of the published ones, what the manifests use.

usage: schemas.py SERVINGRUNTIMES.yaml INFERENCESERVICES.yaml SWAGGER.json

The first two are KServe's config/crd/full/serving.kserve.io_servingruntimes.yaml and
serving.kserve.io_inferenceservices.yaml, the third is Kubernetes' api/openapi-spec/swagger.json.
A field that they do not have is an error, and so is what they require and a manifest lacks. Needs Debian's
python3-yaml and python3-jsonschema. Rules of CRDs in CEL (x-kubernetes-validations) are left out.
"""

import json
import pathlib
import sys

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
MANIFESTS = sorted((ROOT / "examples/kubernetes").glob("*.yaml"))
OUT = ROOT / "cli/src/test/resources/dev/neurite/cli/serve/kubernetes-schemas.json"
KEPT = ("type", "enum", "pattern", "minimum", "maximum", "minLength", "maxLength", "anyOf", "oneOf", "required")
KINDS = {
    ("apps/v1", "Deployment"): "io.k8s.api.apps.v1.Deployment",
    ("v1", "Service"): "io.k8s.api.core.v1.Service",
}


def main(runtimes, services, swagger):
    definitions = json.loads(pathlib.Path(swagger).read_text())["definitions"]
    crds = {}
    for path in (runtimes, services):
        crd = yaml.safe_load(pathlib.Path(path).read_text())["spec"]
        for version in crd["versions"]:
            crds[f"{crd['group']}/{version['name']}", crd["names"]["kind"]] = version["schema"]["openAPIV3Schema"]
    schemas = {"$comment": "made by scripts/kubernetes/schemas.py from the schemas of KServe and Kubernetes (Apache-2.0)"}
    for path in MANIFESTS:
        for document in yaml.safe_load_all(path.read_text()):
            kind = document["apiVersion"], document["kind"]
            schema = crds[kind] if kind in crds else {"$ref": "#/definitions/" + KINDS[kind]}
            made = excerpt(schema, [document], definitions, path.name)
            jsonschema.validate(document, made)
            schemas[" ".join(kind)] = made
    OUT.write_text(json.dumps(schemas, indent=1, sort_keys=True) + "\n")
    print(f"{OUT.relative_to(ROOT)}: {', '.join(sorted(schemas)[1:])}")


def excerpt(schema, values, definitions, where):
    """The part of a schema that is used by values, which has nothing else."""
    while "$ref" in schema:
        schema = definitions[schema["$ref"].removeprefix("#/definitions/")]
    kept = {key: schema[key] for key in KEPT if key in schema}
    if schema.get("format") == "int-or-string" or schema.get("x-kubernetes-int-or-string"):
        kept["type"] = ["integer", "string"]
    if where.endswith(".metadata") and "properties" not in schema:  # CRDs leave it to Kubernetes
        schema = definitions["io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"]
    maps = [each for each in values if isinstance(each, dict)]
    if maps:
        kept["additionalProperties"] = False
        kept["properties"] = {}
        for key in sorted({key for each in maps for key in each}):
            inner = schema.get("properties", {}).get(key, schema.get("additionalProperties"))
            if not isinstance(inner, dict):
                sys.exit(f"{where}: there is no field '{key}'")
            used = [each[key] for each in maps if key in each]
            kept["properties"][key] = excerpt(inner, used, definitions, f"{where}.{key}")
    items = [item for each in values if isinstance(each, list) for item in each]
    if items:
        kept["items"] = excerpt(schema["items"], items, definitions, f"{where}[]")
    return kept


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
