-- Tiles of one table, each caller's in an order of its own, as browsers ask. TILE holds the address with {z}, {x} and {y}, ZOOM the zoom.
local template, zoom = os.getenv("TILE"), tonumber(os.getenv("ZOOM") or "4")
local side, started = 2 ^ zoom, 0
local headers = {["Authorization"] = "Bearer " .. os.getenv("TOKEN"), ["Accept-Encoding"] = os.getenv("SIZING_ENCODING") or "gzip, deflate, br"}

function setup(thread)
  thread:set("number", started)
  started = started + 1
end

function init()
  math.randomseed(os.time() + number * 7919)
end

function request()
  -- Between the polar circles, where there is something.
  local x, y = math.random(0, side - 1), math.random(math.floor(side * 0.25), math.floor(side * 0.65))
  return wrk.format("GET", (template:gsub("{z}", zoom):gsub("{x}", x):gsub("{y}", y)), headers)
end
