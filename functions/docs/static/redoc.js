"use strict";

const system = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const fixed = 'ui-monospace, "SF Mono", Menlo, Consolas, monospace';
const dark = matchMedia("(prefers-color-scheme: dark)");
// Redoc makes its styles once.
dark.addEventListener("change", () => location.reload());

const light = { colors: { primary: { main: "#0f6e74" } }, sidebar: { width: "300px" } };
const night = {
  colors: {
    primary: { main: "#5cc6cc" },
    text: { primary: "#e3e8ea", secondary: "#a9b4b8" },
    border: { dark: "#3a4448", light: "#2a3236" },
    gray: { 50: "#1d2427", 100: "#262e32" },
    success: { main: "#6fcf8a", light: "#17301f", contrastText: "#e3e8ea" },
    error: { main: "#f28b82", light: "#3a1d1b", contrastText: "#e3e8ea" },
    responses: {
      success: { color: "#8fdca4", backgroundColor: "#17301f", tabTextColor: "#8fdca4" },
      redirect: { color: "#e6c46c", backgroundColor: "#332b14", tabTextColor: "#e6c46c" },
      error: { color: "#f4a79f", backgroundColor: "#3a1d1b", tabTextColor: "#f4a79f" },
    },
  },
  schema: { nestedBackground: "#1d2427", linesColor: "#4a565b", typeNameColor: "#a9b4b8", typeTitleColor: "#a9b4b8" },
  sidebar: { width: "300px", backgroundColor: "#1a2023", textColor: "#e3e8ea" },
  rightPanel: { backgroundColor: "#0e1315" },
  codeBlock: { backgroundColor: "#171d20" },
};
const typography = {
  fontFamily: system,
  headings: { fontFamily: system },
  code: { fontFamily: fixed, ...(dark.matches ? { color: "#f4a79f", backgroundColor: "#262e32" } : {}) },
};

Redoc.init(
  new URL("../schema/", document.baseURI).href,
  {
    hideDownloadButton: false,
    pathInMiddlePanel: true,
    requiredPropsFirst: true,
    theme: { ...(dark.matches ? night : light), typography },
  },
  document.getElementById("redoc"),
);
