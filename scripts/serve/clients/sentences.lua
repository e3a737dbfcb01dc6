-- For wrk: asks for vectors of sentences of different lengths, the same ones of every server.
local words = { "cat", "dog", "rain", "sea", "door", "bird", "dawn", "garden", "letter", "winter", "street", "river" }
local sentences = {}
for i = 1, 64 do
  local text = {}
  for j = 1, 4 + (i * 7) % 28 do text[j] = words[(i * 5 + j * j) % #words + 1] end
  sentences[i] = table.concat(text, " ") .. "."
end

local next_one = 0
request = function()
  next_one = next_one % #sentences + 1
  local body = '{"model":"minilm","input":"' .. sentences[next_one] .. '","encoding_format":"float"}'
  return wrk.format("POST", "/v1/embeddings", { ["Content-Type"] = "application/json" }, body)
end

done = function(summary, latency)
  local errors = summary.errors
  local wrong = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format("@ %.1f %.2f %.2f %d\n", summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, wrong))
end
