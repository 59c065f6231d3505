-- PutItem of 300 bytes over one of COUNT keys of TABLE.
local count = tonumber(os.getenv("COUNT"))
local name = os.getenv("TABLE") or "bench"
dofile(os.getenv("SCRIPTS") .. "/signed.lua")("PutItem")

local padding = string.rep("x", 250)

function request()
  local body = '{"TableName":"' .. name .. '","Item":{"p":{"S":"' .. math.random(0, count - 1) ..
    '"},"n":{"N":"' .. math.random(0, 1000000) .. '"},"text":{"S":"' .. padding .. '"}}}'
  return wrk.format(nil, nil, nil, body)
end
