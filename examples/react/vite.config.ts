import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  build: { outDir: "dist/public" },
  server: { proxy: { "/flags": "http://127.0.0.1:3000" } }, // `npm start` beside `npm run dev`
});
