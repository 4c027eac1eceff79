import globals from "globals";

// What the page's own policy would stop at run time is stopped here first.
const noMarkup = ["innerHTML", "outerHTML", "insertAdjacentHTML", "srcdoc", "write", "writeln"].map((name) => ({
  property: name,
  message: "Text nodes only: the page's policy allows no markup from strings.",
}));

export default [
  { ignores: ["node_modules/", "test/shots/"] },
  {
    files: ["**/*.js", "**/*.mjs"],
    languageOptions: { ecmaVersion: 2022, sourceType: "module" },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "no-undef": "error", "no-unused-vars": ["error", { argsIgnorePattern: "^_" }], "no-var": "error", "prefer-const": "error",
      eqeqeq: "error", "no-eval": "error", "no-implied-eval": "error", "no-new-func": "error",
      "no-console": "error", "no-shadow": "error",
      complexity: ["error", 28],
    },
  },
  {
    files: ["app/**/*.js"],
    languageOptions: { globals: globals.browser },
    rules: { "max-lines": ["error", 250], "consistent-return": "error", "no-restricted-properties": ["error", ...noMarkup] },
  },
  { files: ["sw.js"], languageOptions: { sourceType: "script", globals: globals.serviceworker } },
  {
    files: ["app/state.js", "app/known.js", "app/announce.js", "app/connection.js", "app/words/*.js"],
    languageOptions: { globals: { Intl: "readonly", document: "off", window: "off", WebSocket: "off", Date: "off" } },
    rules: {
      "no-restricted-globals": ["error",
        { name: "document", message: "This module is tested without a page." },
        { name: "WebSocket", message: "The socket is passed in." },
        { name: "setTimeout", message: "The clock is passed in." },
        { name: "Date", message: "The clock is passed in." }],
    },
  },
  {
    files: ["test/**/*.js", "test/**/*.mjs", "e2e/**/*.mjs", "e2e/**/*.js", "eslint.config.js"],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
    rules: { "no-console": "off" },
  },
];
