-- One page of a Scan: 1 MB of items.
local count = tonumber(os.getenv("COUNT"))
local threads = 0

function setup(thread)
  thread:set("seed", threads)
  threads = threads + 1
end

function init(arguments)
  math.randomseed(seed)
  wrk.method = "POST"
  wrk.headers["X-Amz-Target"] = "DynamoDB_20120810.Scan"
  wrk.headers["Content-Type"] = "application/x-amz-json-1.0"
  wrk.headers["Authorization"] = os.getenv("AUTHORIZATION")
  wrk.headers["X-Amz-Date"] = "20260101T000000Z"
end

function request()
  return wrk.format(nil, nil, nil, '{"TableName":"bench"}')
end
