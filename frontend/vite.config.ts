import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// `--mode mock` answers /api/v1 from memory, so that the screens can be worked on without the server.
// Every asset stays a file of its own (assetsInlineLimit 0): the page must run under
// `Content-Security-Policy: default-src 'self'`, which refuses data: URLs and inline scripts.
export default defineConfig(async ({ mode }) => ({
  plugins: mode === "mock" ? [react(), (await import("./src/testing/mock-api.ts")).mockApi()] : [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { port: 5173, proxy: mode === "mock" ? {} : { "/api": "http://127.0.0.1:8000" } },
  build: { assetsInlineLimit: 0, modulePreload: { polyfill: false }, target: "es2022", chunkSizeWarningLimit: 600 },
  test: { environment: "jsdom", include: ["src/**/*.test.ts", "src/**/*.test.tsx"] },
}));
