-- What the scripts have in common: requests for one operation, and random numbers of its own for each
-- thread.
local threads = 0

function setup(thread)
  thread:set("seed", threads)
  threads = threads + 1
end

return function(operation)
  function init(arguments)
    math.randomseed(seed)
    wrk.method = "POST"
    wrk.headers["X-Amz-Target"] = "DynamoDB_20120810." .. operation
    wrk.headers["Content-Type"] = "application/x-amz-json-1.0"
    wrk.headers["Authorization"] = os.getenv("AUTHORIZATION")
    wrk.headers["X-Amz-Date"] = "20260101T000000Z"
  end
end
