/** The number of the bucket that is open, by Redis' own clock: instances need not agree on the time. */
const bucketOf = (length: string) => `
local time = redis.call("TIME")
local bucket = string.format("%d", math.floor((time[1] * 1000 + math.floor(time[2] / 1000)) / ${length}))
`;

/** Adds to the counts of the open bucket. A unit that failed before, wherever, adds nothing. */
export const ADD = `
${bucketOf("tonumber(ARGV[1])")}
for name, count in pairs(cjson.decode(ARGV[4])) do
  redis.call("HINCRBY", KEYS[1], bucket .. " " .. name, count)
end
local known = redis.call("SCARD", KEYS[2])
for _, failure in ipairs(cjson.decode(ARGV[5])) do
  if known >= tonumber(ARGV[3]) then
    redis.call("HINCRBY", KEYS[1], bucket .. ' ["full"]', 1)
  elseif redis.call("SADD", KEYS[2], failure[1]) == 1 then
    known = known + 1
    for index = 2, #failure do redis.call("HINCRBY", KEYS[1], bucket .. " " .. failure[index], 1) end
  end
end
redis.call("PEXPIRE", KEYS[1], ARGV[2])
redis.call("PEXPIRE", KEYS[2], ARGV[2])
`;

/** Takes or renews the lead; gives the counts to whoever has it. */
export const LEAD = `
local holder = redis.call("GET", KEYS[1])
local state = redis.call("GET", KEYS[2]) or ""
if holder and holder ~= ARGV[1] then return {0, state, "0", {}} end
redis.call("SET", KEYS[1], ARGV[1], "PX", ARGV[2])
${bucketOf("tonumber(ARGV[3])")}
return {1, state, bucket, redis.call("HGETALL", KEYS[3])}
`;

/** Saves what came of counts, and forgets those, for whoever has the lead. */
export const SAVE = `
if redis.call("GET", KEYS[1]) ~= ARGV[1] then return 0 end
redis.call("SET", KEYS[2], ARGV[2], "PX", ARGV[3])
for _, field in ipairs(cjson.decode(ARGV[4])) do redis.call("HDEL", KEYS[3], field) end
return 1
`;
