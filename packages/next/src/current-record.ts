import { registry } from "./registry.js";
import { RequestRecord } from "./request-record.js";

/** The record of the request that is running; undefined where none was seen as it came in. */
export function currentRecord(): RequestRecord | undefined {
  return registry.records.getStore();
}

/**
 * The record of the request that is running; where it was not seen as it came in, the one that
 * something of the request's own carries.
 *
 * @param begun is called with a record that nothing else will end
 */
export function recordOf(carrier: object, begun: (record: RequestRecord) => void): RequestRecord {
  const known = currentRecord() ?? registry.carried.get(carrier);
  if (known !== undefined) return known;
  const record = new RequestRecord();
  registry.carried.set(carrier, record);
  begun(record);
  return record;
}
