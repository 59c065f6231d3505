-- One page of a Scan: 1 MB of items.
dofile(os.getenv("SCRIPTS") .. "/signed.lua")("Scan")

function request()
  return wrk.format(nil, nil, nil, '{"TableName":"bench"}')
end
