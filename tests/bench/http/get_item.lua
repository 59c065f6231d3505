-- GetItem of one of COUNT items; the partition keys are "0" ... as tools/bench wrote them.
local count = tonumber(os.getenv("COUNT"))
dofile(os.getenv("SCRIPTS") .. "/signed.lua")("GetItem")

function request()
  local body = '{"TableName":"bench","Key":{"p":{"S":"' .. math.random(0, count - 1) .. '"}}}'
  return wrk.format(nil, nil, nil, body)
end
