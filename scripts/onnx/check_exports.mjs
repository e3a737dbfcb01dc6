#!/usr/bin/env node
// Runs exported ONNX files with npm's onnxruntime-node, as check_exports.py does with Python's onnxruntime.
//
//     mvn test -pl onnx -am -Dtest=ExportFilesTest -Dsurefire.failIfNoSpecifiedTests=false -Dneurite.exports=/tmp/exports
//     npm install --prefix /tmp/ort --ignore-scripts onnxruntime-node
//     scripts/onnx/check_exports.mjs /tmp/exports /tmp/ort
//
// For each NAME.onnx there is a NAME.json with inputs and the outputs that are expected of them. Numbers may differ by 1e-5,
// relative to those above 1; texts and integers must be equal. Prints the largest difference of each kind, and every file
// that is wrong. The package has the runtime for CPUs in it; its install script would get that for CUDA.

import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join, resolve } from "node:path";

const BOUND = 1e-5;

function tensor(value) {
  switch (value.type) {
    case "float": return new ort.Tensor("float32", Float32Array.from(value.elements, number), value.shape);
    case "double": return new ort.Tensor("float64", Float64Array.from(value.elements, number), value.shape);
    case "int64": return new ort.Tensor("int64", BigInt64Array.from(value.elements, BigInt), value.shape);
    case "uint8": return new ort.Tensor("uint8", Uint8Array.from(value.elements), value.shape);
    case "string": return new ort.Tensor("string", value.elements, value.shape);
    default: throw new Error(`no tensor of ${value.type}`);
  }
}

/** Numbers that JSON does not have are texts: "NaN". */
function number(element) {
  return typeof element === "string" ? Number(element) : element;
}

/** The largest difference; infinite for another shape, type or text. */
function difference(got, expected) {
  if (got.type !== expected.type || String(got.dims) !== String(expected.dims)) return Infinity;
  let largest = 0;
  for (let i = 0; i < expected.data.length; i++) {
    const [own, right] = [got.data[i], expected.data[i]];
    if (own === right) continue;
    if (!expected.type.startsWith("float")) return Infinity;
    const scaled = Math.abs(own - right) / Math.max(1, Math.abs(right));
    if (!Number.isFinite(scaled)) return Infinity;
    largest = Math.max(largest, scaled);
  }
  return largest;
}

function tensors(values) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, tensor(value)]));
}

async function check(file) {
  const known = JSON.parse(readFileSync(file.replace(/\.onnx$/, ".json"), "utf8"));
  const session = await ort.InferenceSession.create(file, { logSeverityLevel: 3 });
  try {
    const expected = tensors(known.outputs);
    const names = [...session.outputNames].sort();
    if (String(names) !== String(Object.keys(expected).sort())) {
      throw new Error(`outputs ${names} instead of ${Object.keys(expected)}`);
    }
    const got = await session.run(tensors(known.inputs));
    return [known.kind, Math.max(...names.map((name) => difference(got[name], expected[name])))];
  } finally {
    await session.release();
  }
}

const [directory, packages] = process.argv.slice(2);
if (!packages) {
  console.error("usage: check_exports.mjs DIRECTORY DIRECTORY-OF-NODE-MODULES");
  process.exit(2);
}
const ort = createRequire(join(resolve(packages), "package.json"))("onnxruntime-node");
const files = readdirSync(directory).filter((name) => name.endsWith(".onnx")).sort();
const kinds = new Map();
let wrong = 0;
for (const name of files) {
  try {
    const [kind, worst] = await check(join(directory, basename(name)));
    const seen = kinds.get(kind) ?? { count: 0, largest: 0 };
    kinds.set(kind, { count: seen.count + 1, largest: Math.max(seen.largest, worst) });
    if (worst <= BOUND) continue;
    console.log(`${name}: differs by ${worst.toPrecision(3)}`);
  } catch (problem) {
    console.log(`${name}: ${String(problem).trim().slice(0, 600)}`);
  }
  wrong++;
}
for (const [kind, { count, largest }] of [...kinds].sort()) {
  console.log(`${kind}: ${count} files run, largest difference ${largest.toPrecision(2)}`);
}
console.log(`${files.length} files, ${wrong} wrong; onnxruntime-node ${ort.env.versions.node}`);
process.exit(wrong > 0 || files.length === 0 ? 1 : 0);
