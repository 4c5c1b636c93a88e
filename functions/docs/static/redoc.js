"use strict";

const system = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const fixed = 'ui-monospace, "SF Mono", Menlo, Consolas, monospace';

Redoc.init(
  new URL("../schema/", document.baseURI).href,
  {
    // Its search runs in a worker made from a string, which the page's policy forbids.
    disableSearch: true,
    hideDownloadButton: false,
    pathInMiddlePanel: true,
    requiredPropsFirst: true,
    theme: {
      colors: { primary: { main: "#0f6e74" } },
      sidebar: { width: "300px" },
      typography: { fontFamily: system, headings: { fontFamily: system }, code: { fontFamily: fixed } },
    },
  },
  document.getElementById("redoc"),
);
