import { createHash } from "node:crypto";
import type { Send } from "./client.js";
import type { Keys } from "./keys.js";

/** A Lua script, which Redis runs as one. Everything is kept in the keys of one flag set. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

/**
 * What the scripts share: the names of the keys, what there is, and the fields of a hash that are not
 * too large to be sent. An audit entry can be as large as a flag set: none is read without need.
 */
const prelude = `
local head, flags, evaluators, metadata, changed, chain, audit = unpack(KEYS)

local function numberOf(id)
  return tonumber(string.match(id, '(%d+)$')) or 0
end

local function state()
  local found = redis.call('HMGET', head, 'revision', 'hash', 'asOf', 'count')
  local kept = redis.call('HLEN', flags)
  local lost = kept == 0 and (tonumber(found[4] or '0') or 0) > 0
  local revision = not lost and found[1] or ''
  local number, last = numberOf(found[1] or ''), found[2] or ''
  if revision == '' then
    local link = redis.call('ZRANGE', chain, -1, -1)[1]
    local entry = redis.call('XREVRANGE', audit, '+', '-', 'COUNT', 1)[1]
    if link then last = link end
    if entry then number = math.max(number, tonumber(string.match(entry[1], '^%d+'))) end
  end
  return {
    revision = revision,
    hash = found[2] or '',
    asOf = found[3] or '',
    number = number,
    last = last,
  }
end

local function gather(key, names, largest, budget)
  local sizes, total = {}, 0
  for index, name in ipairs(names) do
    local size = #name > 10000 and largest + #name or redis.call('HSTRLEN', key, name)
    sizes[index] = { name, size }
    total = total + size + #name
  end
  if total > budget then table.sort(sizes, function(a, b) return a[2] < b[2] end) end
  local found, wanted, used = {}, {}, 0
  local function fetch()
    if #wanted == 0 then return end
    local values = redis.call('HMGET', key, unpack(wanted))
    for index, name in ipairs(wanted) do
      found[#found + 1] = name
      found[#found + 1] = values[index]
    end
    wanted = {}
  end
  for _, each in ipairs(sizes) do
    local name, size = each[1], each[2]
    if size > largest or used + size + #name > budget then
      found[#found + 1] = string.sub(name, 1, 1000)
      found[#found + 1] = size
    else
      used = used + size + #name
      wanted[#wanted + 1] = name
      if #wanted == 1000 then fetch() end
    end
  end
  fetch()
  return found
end
`;

/** @param text what it does, beginning with the prelude where it is of the flag set */
export function script(text: string): Script {
  return { text, sha: createHash("sha1").update(text).digest("hex") };
}

/** The keys that the scripts of the flag set are given. */
export function keysOfSet(keys: Keys): string[] {
  const { head, flags, evaluators, metadata, changed, chain, audit } = keys;
  return [head, flags, evaluators, metadata, changed, chain, audit];
}

/**
 * What there is, or what was changed since the revision held.
 * Arguments: the revision held and its hash, the largest field, all that is sent at most.
 */
export const readScript: Script = script(`${prelude}
local held, hash, largest, budget = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local now = state()
if now.revision == '' then return { 'empty' } end
if now.revision == held and now.hash == hash then return { 'same' } end

local function lineageOf(revision)
  return string.match(revision, '^(.*):%d+$')
end

local function relation()
  if held == '' then return 'whole' end
  if lineageOf(held) ~= lineageOf(now.revision) then return 'diverged' end
  local number = numberOf(held)
  if numberOf(now.revision) < number then return 'diverged' end
  local score = redis.call('ZSCORE', chain, hash)
  if score and tonumber(score) == number then return 'delta' end
  local oldest = redis.call('ZRANGE', chain, 0, 0, 'WITHSCORES')[2]
  return oldest and tonumber(oldest) <= number and 'diverged' or 'whole'
end

local status = relation()
local flagNames, ruleNames, withMetadata
if status == 'delta' then
  flagNames, ruleNames, withMetadata = {}, {}, false
  local since = string.format('(%.0f', numberOf(held))
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', changed, since, '+inf')) do
    local kind, name = string.sub(member, 1, 2), string.sub(member, 3)
    if kind == 'f:' then flagNames[#flagNames + 1] = name
    elseif kind == 'e:' then ruleNames[#ruleNames + 1] = name
    else withMetadata = true end
  end
else
  flagNames, ruleNames, withMetadata = redis.call('HKEYS', flags), redis.call('HKEYS', evaluators), true
end
return {
  status, now.revision, now.hash, now.asOf,
  gather(flags, flagNames, largest, budget),
  gather(evaluators, ruleNames, largest, budget),
  withMetadata and gather(metadata, redis.call('HKEYS', metadata), largest, budget),
}
`);

/**
 * What a commit is made of.
 * Arguments: the largest field, how many flags; then the flags and shared rules that it changes.
 */
export const lookScript: Script = script(`${prelude}
local largest, count = tonumber(ARGV[1]), tonumber(ARGV[2])
local flagNames, ruleNames = {}, {}
for index = 3, #ARGV do
  if index - 2 <= count then flagNames[#flagNames + 1] = ARGV[index]
  else ruleNames[#ruleNames + 1] = ARGV[index] end
end
local now, time = state(), redis.call('TIME')
return {
  now.revision, now.last, string.format('%.0f', now.number),
  time[1], time[2],
  gather(flags, flagNames, largest, 1e9),
  gather(evaluators, ruleNames, largest, 1e9),
  gather(metadata, redis.call('HKEYS', metadata), largest, 1e9),
  now.hash,
}
`);

/**
 * Checks, tells, writes the audit entry and then the flags. What could fail comes first.
 * Arguments: expected, previous hash, revision, its number, its hash, as of when its flags are, the
 * entry, how many entries are kept, channel, message, whether all that is there goes; then the edits,
 * three each: what, name, value.
 */
export const commitScript: Script = script(`${prelude}
local expected, previous, revision, number, hash, asOf, entry, keep, channel, message, clear =
  unpack(ARGV, 1, 11)
redis.call('HLEN', evaluators)
redis.call('HLEN', metadata)
redis.call('ZCARD', changed)
redis.call('ZCARD', chain)
local now = state()
if now.revision ~= expected or now.last ~= previous then return { 'conflict', now.revision } end

redis.call('PUBLISH', channel, message)
redis.call('XADD', audit, 'MAXLEN', '=', keep, number .. '-0', 'entry', entry, 'hash', hash)
redis.call('ZADD', chain, number, hash)
redis.call('ZREMRANGEBYRANK', chain, 0, -1 - keep)
if clear == '1' then redis.call('DEL', flags, evaluators, metadata, changed) end
for index = 12, #ARGV, 3 do
  local what, name, value = ARGV[index], ARGV[index + 1], ARGV[index + 2]
  if what == 'f+' then redis.call('HSET', flags, name, value)
  elseif what == 'f-' then redis.call('HDEL', flags, name)
  elseif what == 'e+' then redis.call('HSET', evaluators, name, value)
  elseif what == 'e-' then redis.call('HDEL', evaluators, name)
  elseif what == 'm-' then redis.call('DEL', metadata)
  else redis.call('HSET', metadata, name, value) end
  local kind = string.sub(what, 1, 1)
  redis.call('ZADD', changed, number, kind == 'm' and 'm:' or kind .. ':' .. name)
end
redis.call('ZREMRANGEBYSCORE', changed, '-inf', string.format('%.0f', number - keep))
redis.call('HSET', head, 'revision', revision, 'hash', hash, 'asOf', asOf, 'count', redis.call('HLEN', flags))
return { 'done' }
`);

/** Runs a script, which Redis knows by its hash from the second time on. */
export async function run(
  send: Send,
  { text, sha }: Script,
  keys: readonly string[],
  args: readonly string[],
): Promise<unknown> {
  const rest = [String(keys.length), ...keys, ...args];
  try {
    return await send(["EVALSHA", sha, ...rest]);
  } catch (error) {
    if (!String(error).includes("NOSCRIPT")) throw error;
    return send(["EVAL", text, ...rest]);
  }
}
