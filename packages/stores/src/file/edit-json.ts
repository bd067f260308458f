import { isDeepStrictEqual } from "node:util";
import type { FlagSet } from "@burgee/core";
import { type MemberNode, type ObjectNode, parse, type ValueNode } from "@humanwhocodes/momoa";

/**
 * A JSON text that holds a flag set: another text, where just what differs is changed.
 *
 * @param text empty where there is none yet
 */
export function editJson(text: string, flagSet: FlagSet): string {
  if (text === "") return `${JSON.stringify(flagSet, null, 2)}\n`;
  const [, mark = "", body = "", end = ""] = /^(\uFEFF?)([\s\S]*?)(\s*)$/.exec(text) ?? [];
  return `${mark}${edited(body, flagSet)}${end}`;
}

function edited(body: string, flagSet: FlagSet): string {
  const style = styleOf(body);
  try {
    const before = JSON.parse(body);
    if (body === written(before, style)) return written(flagSet, style);
    const edits: Edit[] = [];
    change(body, parse(body).body, before, flagSet, style, edits);
    const result = edits
      .sort((a, b) => b.start - a.start)
      .reduce((text, { start, end, by }) => text.slice(0, start) + by + text.slice(end), body);
    if (isDeepStrictEqual(JSON.parse(result), flagSet)) return result;
  } catch {
    // written anew
  }
  return written(flagSet, style);
}

/** What stands in a text, from one place to another, is replaced. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly by: string;
}

/** How a text is written. */
interface Style {
  /** What each level is indented by; none where all is in one line. */
  readonly indent: string | undefined;
  readonly lineBreak: string;
}

function styleOf(body: string): Style {
  const [, lineBreak = "\n", indent] = /^[[{][ \t]*(\r?\n)\s*?([ \t]+)/.exec(body) ?? [];
  return { indent, lineBreak };
}

/** @param around what the line is indented by in which it begins */
function written(value: unknown, { indent, lineBreak }: Style, around = ""): string {
  return JSON.stringify(value, null, indent).replaceAll("\n", lineBreak + around);
}

function change(
  body: string,
  node: ValueNode,
  before: unknown,
  after: unknown,
  style: Style,
  edits: Edit[],
): void {
  if (isDeepStrictEqual(before, after)) return;
  const start = offsetOf(node, "start");
  const end = offsetOf(node, "end");
  if (node.type !== "Object" || !isRecord(before) || !isRecord(after)) {
    const isLine = isContainer(node) && !body.slice(start, end).includes("\n");
    const by = isLine ? inLine(after, style) : written(after, style, indentAt(body, start));
    edits.push({ start, end, by });
    return;
  }
  const keeps = (member: MemberNode) => Object.hasOwn(after, nameOf(member));
  const lastKept = node.members.findLastIndex(keeps);
  const last = node.members[lastKept];
  if (last === undefined) {
    edits.push({ start, end, by: written(after, style, indentAt(body, start)) });
    return;
  }
  for (const [index, member] of node.members.slice(0, lastKept + 1).entries()) {
    const name = nameOf(member);
    const next = node.members[index + 1] ?? member;
    if (keeps(member)) change(body, member.value, before[name], after[name], style, edits);
    else edits.push({ start: offsetOf(member, "start"), end: offsetOf(next, "start"), by: "" });
  }
  const added = Object.entries(after).filter(([name]) => !Object.hasOwn(before, name));
  edits.push({
    start: offsetOf(last, "end"),
    end: offsetOf(node.members.at(-1) ?? last, "end"),
    by: added.map(([name, value]) => memberAfter(body, node, last, name, value, style)).join(""),
  });
}

/** One more member of an object, written as the one before it. */
function memberAfter(
  body: string,
  node: ObjectNode,
  last: MemberNode,
  name: string,
  value: unknown,
  style: Style,
): string {
  const colon = body.slice(offsetOf(last.name, "end"), offsetOf(last.value, "start"));
  const first = offsetOf(node.members[0] ?? last, "start");
  const member = `${JSON.stringify(name)}${colon}`;
  if (!body.slice(offsetOf(node, "start"), first).includes("\n")) {
    return `,${style.indent === undefined ? "" : " "}${member}${inLine(value, style)}`;
  }
  const around = indentAt(body, first);
  return `,${style.lineBreak}${around}${member}${written(value, style, around)}`;
}

function inLine(value: unknown, { indent }: Style): string {
  if (indent === undefined) return JSON.stringify(value);
  return JSON.stringify(value, null, 1).replaceAll(/\n */g, " ");
}

/** What the line is indented by that a place is in. */
function indentAt(body: string, offset: number): string {
  const line = body.slice(body.lastIndexOf("\n", offset - 1) + 1, offset);
  return /^[ \t]*/.exec(line)?.[0] ?? "";
}

function offsetOf(node: ValueNode | MemberNode | MemberNode["name"], end: "start" | "end"): number {
  return node.loc[end].offset;
}

function nameOf({ name }: MemberNode): string {
  return name.type === "String" ? name.value : name.name;
}

function isContainer({ type }: ValueNode): boolean {
  return type === "Object" || type === "Array";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
