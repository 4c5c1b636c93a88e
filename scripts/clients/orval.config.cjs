module.exports = {
  quickcare: { input: "openapi.json", output: { target: "out/orval/api.ts", client: "fetch", baseUrl: "/" } },
};
