import { script } from "./redis.ts";

// The fields of an item's hash. A location follows each prefix; without a location the field is about the whole item.
//   v: version   b: the level as JSON   u: served until   k: being read until
//   s: levels that were read before this instant are not served
// Instants are epoch milliseconds. Callers pass the instant at which they began to read the table, and Redis compares
// it with its own clock. So a slow command never makes a level look newer than it is. The scripts format numbers
// themselves, because Lua would write them with 14 digits only.

const shared = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local function text(number) return string.format('%.0f', number) end
local function held(field) return tonumber(redis.call('HGET', KEYS[1], field) or '0') end
local function reserve(location, lockMs, keptMs)
  if held('k:' .. location) > now then return {'wait'} end
  redis.call('HSET', KEYS[1], 'k:' .. location, text(now + lockMs))
  redis.call('PEXPIRE', KEYS[1], keptMs)
  return {'read'}
end
`;

/** Arguments: location, lowest version wanted, lock ms, fresh ms, kept ms. */
export const readScript = script(`${shared}
local location, freshMs = ARGV[1], tonumber(ARGV[4])
local version = redis.call('HGET', KEYS[1], 'v:' .. location)
local servedUntil = held('u:' .. location)
if version and servedUntil > now and tonumber(version) >= tonumber(ARGV[2]) then
  return {'fresh', text(servedUntil - freshMs), redis.call('HGET', KEYS[1], 'b:' .. location)}
end
return reserve(location, tonumber(ARGV[3]), ARGV[5])`);

/** Arguments: lock ms, fresh ms, kept ms. A level that never changed (version 0) is not a level of the item. */
export const readItemScript = script(`${shared}
local freshMs = tonumber(ARGV[2])
local oldest = held('u:')
if oldest > now then
  local fields, entries = redis.call('HGETALL', KEYS[1]), {}
  for i = 1, #fields, 2 do entries[fields[i]] = fields[i + 1] end
  local answer = {}
  for field, version in pairs(entries) do
    if string.sub(field, 1, 2) == 'v:' and tonumber(version) > 0 then
      local location = string.sub(field, 3)
      oldest = math.min(oldest, tonumber(entries['u:' .. location] or '0'))
      table.insert(answer, entries['b:' .. location])
    end
  end
  if oldest > now then
    table.insert(answer, 1, text(oldest - freshMs))
    table.insert(answer, 1, 'fresh')
    return answer
  end
end
return reserve('', tonumber(ARGV[1]), ARGV[3])`);

/** Arguments: known at, fresh ms, kept ms, 1 if these are all levels, then location, version and JSON of each. */
export const writeScript = script(`${shared}
local known = math.min(now, tonumber(ARGV[1]))
local servedUntil = known + tonumber(ARGV[2])
local function serve(location)
  if known >= held('s:' .. location) and servedUntil > held('u:' .. location) then
    redis.call('HSET', KEYS[1], 'u:' .. location, text(servedUntil))
  end
  redis.call('HDEL', KEYS[1], 'k:' .. location)
end
for i = 5, #ARGV, 3 do
  local location, version = ARGV[i], tonumber(ARGV[i + 1])
  local present = tonumber(redis.call('HGET', KEYS[1], 'v:' .. location) or '-1')
  if version > present then
    redis.call('HSET', KEYS[1], 'v:' .. location, ARGV[i + 1], 'b:' .. location, ARGV[i + 2])
  end
  if version >= present then serve(location) end
end
if ARGV[4] == '1' then serve('') end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1`);

/** Arguments: kept ms, then locations. */
export const expireScript = script(`${shared}
for i = 2, #ARGV do
  redis.call('HSET', KEYS[1], 's:' .. ARGV[i], text(now), 'u:' .. ARGV[i], '0')
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1`);
