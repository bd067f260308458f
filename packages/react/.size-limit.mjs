/** The sources as they are now, as modules: React is somebody else's. */
const modifyEsbuildConfig = (config) => ({
  ...config,
  conditions: ["@burgee/source"],
  format: "esm",
});

const common = { path: "src/index.ts", ignore: ["react"], gzip: true, modifyEsbuildConfig };

export default [
  {
    ...common,
    name: "the provider, useFlag and the client",
    import: "{ FlagsProvider, useFlag }",
    limit: "2.5 kB",
    message:
      "Every page pays this before it shows a flag. The smallest of the other SDKs for React are 8.7 kB without a provider, 15.3 kB with OFREP. What not every page needs (a boundary, a storage, a group of flags) must stay out of what is imported here.",
  },
  {
    ...common,
    name: "all of it",
    import: "*",
    limit: "4.2 kB",
    message: "A page that uses everything: what is optional must stay small, too.",
  },
];
