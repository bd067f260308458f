/** The files of core, from the top: each imports only files above it. */
const core = [
  "errors",
  "json",
  "context",
  "flag-set",
  "murmur3",
  "parse",
  "targeting/operator",
  "targeting/logic",
  "targeting/fractional",
  "targeting/strings",
  "targeting/compile",
  "ruleset",
  "define",
  "source",
  "follow",
  "outcome",
  "observer",
  "problems",
  "deadline",
  "gate",
  "context-input",
  "scope",
  "flags",
  "ambient",
  "index",
];

/** What each package may import besides core. */
const packages = {
  core: [],
  stores: [],
  express: ["ofrep"],
  monitor: [],
  ofrep: [],
  opentelemetry: [],
  react: ["ofrep"],
};

const source = (name) => `^packages/${name}/src/`;
const file = (name) => `^packages/core/src/${name}\\.ts$`;

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    ...core.map((name, index) => ({
      name: `core-${name.replace("/", "-")}-imports-only-files-above-it`,
      severity: "error",
      from: { path: file(name) },
      to: { path: source("core"), pathNot: core.slice(0, index).map(file) },
    })),
    {
      name: "every-file-of-core-has-its-place-in-the-order",
      severity: "error",
      from: { path: source("core"), pathNot: core.map(file) },
      to: {},
    },
    ...Object.entries(packages).map(([name, allowed]) => ({
      name: `${name}-imports-only-${["core", ...allowed].join("-and-")}`,
      severity: "error",
      from: { path: source(name) },
      to: { path: "^(packages|examples)/", pathNot: [name, "core", ...allowed].map(source) },
    })),
    {
      name: "core-has-no-dependencies-and-no-input-or-output",
      severity: "error",
      from: { path: source("core"), pathNot: file("ambient") },
      to: { dependencyTypesNot: ["local"] },
    },
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "/(dist|node_modules/\\.vite)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.base.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["@burgee/source", "types", "import", "node", "default"],
      extensions: [".ts", ".tsx", ".js", ".mjs", ".d.ts"],
    },
  },
};
