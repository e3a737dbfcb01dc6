// OpenAI's client for Node asks a server of models: node openai.mjs http://127.0.0.1:PORT
import assert from "node:assert/strict";
import OpenAI from "openai";

const client = new OpenAI({ baseURL: process.argv[2] + "/v1", apiKey: "none", maxRetries: 0 });
let checks = 0;
const same = (got, expected) => {
  assert.deepEqual(got, expected);
  checks++;
};

const models = (await client.models.list()).data.map((each) => each.id);
same(models, ["minilm", "scorer", "writer"]);
same((await client.models.retrieve("minilm")).object, "model");

// Vectors: as numbers, as base64 (this client's usual form, which it decodes), and one by one.
const texts = Array.from({ length: 40 }, (_, i) => `The ${i}th sentence is about ${"cats and ".repeat(i % 7)}dogs.`);
const floats = await client.embeddings.create({ model: "minilm", input: texts, encoding_format: "float" });
const usual = await client.embeddings.create({ model: "minilm", input: texts });
for (let i = 0; i < texts.length; i++) {
  same(floats.data[i].index, i);
  same(new Float32Array(usual.data[i].embedding), new Float32Array(floats.data[i].embedding));
  if (i % 13 !== 0) continue;
  const one = await client.embeddings.create({ model: "minilm", input: texts[i] });
  same(one.data[0].embedding, usual.data[i].embedding);
}
same(floats.usage.total_tokens > 400, true);
const cut = await client.embeddings.create({ model: "minilm", input: "cats", dimensions: 128 });
same(cut.data[0].embedding.length, 128);

// Texts: at once, as a stream, and again.
const asked = { model: "writer", prompt: ["the cat ", "a dog "], n: 2, max_tokens: 60, seed: 11, stop: ["."] };
const once = await client.completions.create(asked);
const streamed = ["", "", "", ""];
const reasons = [];
let usage = null;
const options = { stream: true, stream_options: { include_usage: true } };
for await (const chunk of await client.completions.create({ ...asked, ...options })) {
  for (const choice of chunk.choices) {
    streamed[choice.index] += choice.text;
    if (choice.finish_reason) reasons.push(choice.finish_reason);
  }
  usage = chunk.usage ?? usage;
}
same(streamed, once.choices.map((each) => each.text));
same(reasons, once.choices.map((each) => each.finish_reason));
same(usage, once.usage);
same((await client.completions.create(asked)).choices, once.choices);

// A client that leaves, and mistakes.
const long = await client.completions.create({ model: "writer", prompt: "the ", max_tokens: 8192, n: 99, stream: true });
for await (const _ of long) break;
await assert.rejects(client.embeddings.create({ model: "other", input: "a" }), (e) => {
  same([e.constructor.name, e.status, e.code, e.param], ["NotFoundError", 404, "model_not_found", "model"]);
  return true;
});
await assert.rejects(client.completions.create({ model: "writer", prompt: "the ", logprobs: 3 }), (e) => {
  same([e.constructor.name, e.status, e.param], ["BadRequestError", 400, "logprobs"]);
  return true;
});
console.log(`npm openai ${OpenAI.VERSION ?? ""}: ${checks} checks hold`.replace("  ", " "));
