/** How long a list or an object may be to stand in one line. */
const LINE = 72;

/** The JSON text of a value, where what is short stands in one line. */
export function compactJson(value: unknown, indent = ""): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "";
  const line = inLine(value);
  if (indent.length + line.length <= LINE) return line;
  const deeper = `${indent}  `;
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  const members = Array.isArray(value)
    ? value.map((item) => compactJson(item, deeper))
    : Object.entries(value).map(([key, item]) => {
        return `${JSON.stringify(key)}: ${compactJson(item, deeper)}`;
      });
  return `${open}\n${members.map((member) => deeper + member).join(",\n")}\n${indent}${close}`;
}

function inLine(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "";
  if (Array.isArray(value)) return `[${value.map(inLine).join(", ")}]`;
  const members = Object.entries(value).map(
    ([key, item]) => `${JSON.stringify(key)}: ${inLine(item)}`,
  );
  return members.length > 0 ? `{ ${members.join(", ")} }` : "{}";
}
