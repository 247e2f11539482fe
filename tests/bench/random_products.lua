-- wrk: one request after the other for a random one of COUNT products (SKU "S0000001", …): it is read, or, with a
-- TOKEN of staff, a piece of it is received.
local count = tonumber(os.getenv("COUNT"))
local token = os.getenv("TOKEN")
math.randomseed(7)

function request()
    local target = string.format("/v1/products/S%07d", math.random(count))
    if not token then return wrk.format("GET", target) end
    local headers = { ["authorization"] = "Bearer " .. token, ["content-type"] = "application/json" }
    return wrk.format("POST", target .. "/stock/movements", headers, '{"kind":"receive","quantity":1}')
end
