import type { JsonValue } from "@burgee/core";

/** How wide a line may be. */
const WIDTH = 100;

/**
 * A JSON value as TypeScript writes it: on one line where it fits.
 *
 * @param indent what the line that it ends on begins with
 * @param room how much of that line is taken
 */
export function literal(value: JsonValue, indent = "", room = indent.length): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const [open, close, parts] = Array.isArray(value)
    ? ["[", "]", value.map((each) => ["", each] as const)]
    : [
        "{ ",
        " }",
        Object.entries(value).map(([name, each]) => [`${nameOf(name)}: `, each] as const),
      ];
  if (parts.length === 0) return `${open}${close}`.replaceAll(" ", "");
  const flat = parts.map(([name, each]) => `${name}${literal(each, "", Number.NEGATIVE_INFINITY)}`);
  const line = `${open}${flat.join(", ")}${close}`;
  if (room + line.length < WIDTH) return line;
  const deeper = `${indent}  `;
  const lines = parts.map(([name, each]) => {
    return `${deeper}${name}${literal(each, deeper, deeper.length + name.length)},\n`;
  });
  return `${open.trim()}\n${lines.join("")}${indent}${close.trim()}`;
}

/** A property's name. `__proto__` would set the prototype, save in brackets. */
export function nameOf(name: string): string {
  if (name === "__proto__") return '["__proto__"]';
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}
