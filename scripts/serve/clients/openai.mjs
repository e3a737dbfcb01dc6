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
same(models, ["chatter", "minilm", "scorer", "writer"]);
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

// Chats: at once, as a stream, and of a JSON schema, streamed too.
const messages = [{ role: "system", content: "be short" }, { role: "user", content: "name a river" }];
const chat = { model: "chatter", messages, max_tokens: 40, seed: 5, logprobs: true, top_logprobs: 2 };
const answer = await client.chat.completions.create(chat);
same(answer.choices[0].message.content.length > 0, true);
same(answer.choices[0].logprobs.content.length, answer.usage.completion_tokens);
same(answer.choices[0].logprobs.content[0].top_logprobs.length, 2);
const stream = client.chat.completions.stream({ ...chat, stream_options: { include_usage: true } });
let pieces = 0;
stream.on("content", () => pieces++);
const whole = await stream.finalChatCompletion();
same(pieces > 1, true);
same(whole.choices[0].message.content, answer.choices[0].message.content);
same(whole.choices[0].finish_reason, answer.choices[0].finish_reason);
same(whole.usage.completion_tokens, answer.usage.completion_tokens);
const schema = {
  type: "object",
  required: ["river", "long"],
  additionalProperties: false,
  properties: { river: { enum: ["nile", "volga"] }, long: { type: "boolean" } },
};
const form = { type: "json_schema", json_schema: { name: "river", strict: true, schema } };
for (const seed of [1, 2, 3]) {
  const wanted = { model: "chatter", messages, max_tokens: 400, seed, response_format: form };
  const parsed = (await client.chat.completions.parse(wanted)).choices[0].message.parsed;
  same(Object.keys(parsed).sort(), ["long", "river"]);
  same([["nile", "volga"].includes(parsed.river), typeof parsed.long], [true, "boolean"]);
  same(JSON.parse((await client.chat.completions.stream(wanted).finalMessage()).content), parsed);
}

// Log probabilities of a text.
const likely = { model: "chatter", prompt: "a river", max_tokens: 8, seed: 3, logprobs: 2 };
const text = (await client.completions.create(likely)).choices[0];
same(text.logprobs.tokens.filter((each) => each !== "<unk>").join(""), text.text); // a special token is not shown
same(text.logprobs.text_offset[0], "a river".length);
let ofStream = null;
for await (const chunk of await client.completions.create({ ...likely, stream: true })) {
  ofStream = chunk.choices[0].logprobs ?? ofStream;
}
same(ofStream, text.logprobs);

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
