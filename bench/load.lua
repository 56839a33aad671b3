-- What wrk asks, and whether the answers are what they must be.
-- wrk ... -s load.lua URL -- MODE LINES MARKER STATUS [COOKIE CSRF TAG]
--   MODE   hello | page | stamp
--   LINES  a file: paths for hello, card cookies for page, card ids for stamp
--   MARKER text that every answer holds
local threads = {}
local count = 0

function setup(thread)
  thread:set("number", count)
  count = count + 1
  table.insert(threads, thread)
end

function init(args)
  mode, marker, status = args[1], args[3], tonumber(args[4])
  cookie, csrf, tag = args[5] or "", args[6] or "", args[7] or ""
  lines, good, bad, sent, first_bad = {}, 0, 0, 0, ""
  for line in io.lines(args[2]) do
    table.insert(lines, line)
  end
  -- Threads begin at different places of the list, and each run somewhere else.
  math.randomseed(os.time() * 7 + number)
  place = math.random(#lines)
end

-- Everybody comes from somewhere else, as behind a proxy: the limit for one address is not what is measured.
-- 198.18.0.0/15 is for benchmarks (RFC 2544).
local function address()
  return "198.18." .. math.random(0, 255) .. "." .. math.random(1, 254)
end

function request()
  place = place % #lines + 1
  sent = sent + 1
  if mode == "hello" then
    return wrk.format("GET", lines[place], { ["X-Forwarded-For"] = address() })
  elseif mode == "page" then
    return wrk.format("GET", wrk.path, { ["Cookie"] = lines[place], ["X-Forwarded-For"] = address() })
  end
  local body = "csrf_token=" .. csrf .. "&how=digits&card=" .. lines[place]
    .. "&once=" .. tag .. "-" .. number .. "-" .. sent
  return wrk.format("POST", wrk.path, {
    ["Cookie"] = cookie,
    ["Content-Type"] = "application/x-www-form-urlencoded",
    ["Origin"] = wrk.scheme .. "://" .. wrk.host .. ":" .. wrk.port,
    ["HX-Request"] = "true",
    ["X-Forwarded-For"] = address(),
  }, body)
end

function response(code, headers, body)
  if code == status and body:find(marker, 1, true) then
    good = good + 1
  else
    bad = bad + 1
    if first_bad == "" then
      first_bad = code .. " " .. body:sub(1, 200):gsub("[%c\"\\]", " ")
    end
  end
end

function done(summary, latency, requests)
  local good, bad, sent, first_bad = 0, 0, 0, ""
  for _, thread in ipairs(threads) do
    good = good + thread:get("good")
    bad = bad + thread:get("bad")
    sent = sent + thread:get("sent")
    if first_bad == "" then first_bad = thread:get("first_bad") end
  end
  local errors = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format(
    '\n{"good": %d, "bad": %d, "sent": %d, "errors": %d, "seconds": %.3f, "p50_ms": %.3f, "p99_ms": %.3f, "first_bad": "%s"}\n',
    good, bad, sent, errors, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000, first_bad))
end
