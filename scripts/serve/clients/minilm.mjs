// The plainest server of an embedder in Node, with onnxruntime, for beside_onnxruntime.sh:
// node minilm.mjs MODEL.onnx TOKENIZER.json THREADS. It answers POST /v1/embeddings with one text.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { Tokenizer } from "@huggingface/tokenizers";
import ort from "onnxruntime-node";

const [file, vocabulary, threads] = process.argv.slice(2);
const session = await ort.InferenceSession.create(file, { intraOpNumThreads: Number(threads) });
const tokenizer = new Tokenizer(JSON.parse(readFileSync(vocabulary, "utf8")), {});
const row = (ids) => new ort.Tensor("int64", BigInt64Array.from(ids, BigInt), [1, ids.length]);

async function embed(text) {
  const ids = tokenizer.encode(text).ids.slice(0, 512);
  const feeds = { input_ids: row(ids), attention_mask: row(ids.map(() => 1)), token_type_ids: row(ids.map(() => 0)) };
  const given = Object.fromEntries(session.inputNames.map((name) => [name, feeds[name]]));
  const states = (await session.run(given))[session.outputNames[0]];
  const size = states.dims.at(-1);
  const mean = new Float64Array(size);
  for (let i = 0; i < states.data.length; i++) mean[i % size] += states.data[i] / ids.length;
  const length = Math.hypot(...mean);
  return { vector: Array.from(mean, (each) => Math.fround(each / length)), tokens: ids.length };
}

const server = createServer(async (request, response) => {
  let body = "";
  for await (const piece of request) body += piece;
  const { vector, tokens } = await embed(JSON.parse(body).input);
  response.setHeader("Content-Type", "application/json");
  response.end(
    JSON.stringify({
      object: "list",
      data: [{ object: "embedding", index: 0, embedding: vector }],
      model: "minilm",
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    }),
  );
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
