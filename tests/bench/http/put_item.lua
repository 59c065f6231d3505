-- PutItem of 300 bytes over one of COUNT keys of TABLE.
local count = tonumber(os.getenv("COUNT"))
local name = os.getenv("TABLE") or "bench"
local threads = 0

function setup(thread)
  thread:set("seed", threads)
  threads = threads + 1
end

function init(arguments)
  math.randomseed(seed)
  wrk.method = "POST"
  wrk.headers["X-Amz-Target"] = "DynamoDB_20120810.PutItem"
  wrk.headers["Content-Type"] = "application/x-amz-json-1.0"
  wrk.headers["Authorization"] = os.getenv("AUTHORIZATION")
  wrk.headers["X-Amz-Date"] = "20260101T000000Z"
end

local padding = string.rep("x", 250)

function request()
  local body = '{"TableName":"' .. name .. '","Item":{"p":{"S":"' .. math.random(0, count - 1) ..
    '"},"n":{"N":"' .. math.random(0, 1000000) .. '"},"text":{"S":"' .. padding .. '"}}}'
  return wrk.format(nil, nil, nil, body)
end
