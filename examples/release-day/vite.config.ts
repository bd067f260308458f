import { defineConfig } from "vite";

export default defineConfig({
  root: "src/page",
  base: "/public/",
  build: {
    outDir: "../../dist/public",
    rollupOptions: {
      input: "src/page/main.tsx",
      output: { entryFileNames: "main.js" },
    },
  },
});
