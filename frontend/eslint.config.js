import { readdirSync } from "node:fs";
import { basename } from "node:path";
import js from "@eslint/js";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

// House rule: files are named in kebab-case.
const kebabCase = {
  meta: { type: "suggestion", schema: [] },
  create: (context) => ({
    Program(node) {
      const name = basename(context.filename).replace(/(\.(test|config|d))?\.tsx?$/, "");
      if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) {
        context.report({ node, message: `File name "${name}" is not kebab-case.` });
      }
    },
  }),
};

const forbid = (patterns) => ["error", { patterns: patterns.map(([group, message]) => ({ group, message })) }];
const NO_CLIMBING = [["../../*"], "Import across folders through @/, so that the import zones can see it."];
const NO_APP = [["@/app", "@/app/*"], "Only app may import app (shared -> features -> app)."];
const NO_FEATURES = [["@/features/*"], "Shared code may not import features (shared -> features -> app)."];

// shared -> features -> app, and no feature knows another.
const features = readdirSync("src/features");
const featureZones = features.map((feature) => ({
  files: [`src/features/${feature}/**/*.{ts,tsx}`],
  rules: {
    "no-restricted-imports": forbid([
      NO_CLIMBING,
      NO_APP,
      [features.map((other) => `@/features/${other}/**`), "Features do not import features; lift it to app or to lib."],
    ]),
  },
}));
const sharedZones = {
  files: ["src/{lib,player,components,testing}/**/*.{ts,tsx}"],
  rules: { "no-restricted-imports": forbid([NO_CLIMBING, NO_APP, NO_FEATURES]) },
};

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/lib/api-types.ts", "public", "*.js"] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  { languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } } },
  reactHooks.configs.flat["recommended-latest"],
  {
    files: ["src/**/*.{ts,tsx}", "vite.config.ts"],
    plugins: { house: { rules: { "kebab-case": kebabCase } } },
    rules: {
      "house/kebab-case": "error",
      "max-lines": ["error", 300],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  sharedZones,
  ...featureZones,
);
