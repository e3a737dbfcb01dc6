-- For wrk: sends an image of 28×28 gray pixels as the bytes of a tensor to the model that is named.
local name
function init(arguments)
  name = arguments[1]
  local body = {}
  for i = 0, 783 do body[#body + 1] = string.char(i * 37 % 256) end
  wrk.method = "POST"
  wrk.path = "/v2/models/" .. name .. "/infer"
  wrk.headers["Content-Type"] = "application/octet-stream"
  wrk.headers["Inference-Header-Content-Length"] = "0"
  wrk.body = table.concat(body)
end

function done(summary, latency)
  local errors = summary.errors
  local wrong = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format("@ %.1f %.2f %.2f %d\n", summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, wrong))
end
