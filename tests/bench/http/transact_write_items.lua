-- TransactWriteItems of two actions: a put of 300 bytes and an update of another of COUNT keys. As
-- SDKs do, each request has a token of its own.
local count = tonumber(os.getenv("COUNT"))
dofile(os.getenv("SCRIPTS") .. "/signed.lua")("TransactWriteItems")

local padding = string.rep("x", 250)

local sent = 0

function request()
  local one = math.random(0, count - 1)
  local other = (one + math.random(1, count - 1)) % count
  sent = sent + 1
  local body = '{"ClientRequestToken":"' .. os.time() .. '-' .. seed .. '-' .. sent ..
    '","TransactItems":[{"Put":{"TableName":"bench","Item":{"p":{"S":"' .. one ..
    '"},"n":{"N":"' .. math.random(0, 1000000) .. '"},"text":{"S":"' .. padding .. '"}}}},' ..
    '{"Update":{"TableName":"bench","Key":{"p":{"S":"' .. other ..
    '"}},"UpdateExpression":"SET n = :n","ExpressionAttributeValues":{":n":{"N":"' .. sent .. '"}}}}]}'
  return wrk.format(nil, nil, nil, body)
end
