-- Every tile of one table in turn, each caller's in an order of its own, as browsers ask: whoever is measured gets the same dear ones and
-- empty ones. TILE holds the address with {z}, {x} and {y}, ZOOM the zoom.
local template, zoom = os.getenv("TILE"), tonumber(os.getenv("ZOOM") or "4")
local headers = {["Authorization"] = "Bearer " .. os.getenv("TOKEN"), ["Accept-Encoding"] = os.getenv("SIZING_ENCODING") or "gzip, deflate, br"}
local side, started, tiles, at = 2 ^ zoom, 0, {}, 0

function setup(thread)
  thread:set("number", started)
  started = started + 1
end

function init()
  math.randomseed(os.time() + number * 7919)
  -- Between the polar circles, where there is something.
  for x = 0, side - 1 do
    for y = math.floor(side * 0.25), math.floor(side * 0.65) do
      local path = template:gsub("{z}", zoom):gsub("{x}", x):gsub("{y}", y)
      local other = math.random(#tiles + 1)
      tiles[#tiles + 1] = tiles[other]
      tiles[other] = wrk.format("GET", path, headers)
    end
  end
end

function request()
  at = at % #tiles + 1
  return tiles[at]
end
