"use strict";

const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

// Swagger UI would fill a form's optional fields with values that it makes up, and send them.
const blankForms = () => ({
  statePlugins: {
    spec: {
      wrapActions: {
        updateJsonSpec: (update) => (spec) => {
          for (const operation of Object.values(spec.paths ?? {}).flatMap((item) => Object.values(item))) {
            const { $ref } = operation.requestBody?.content?.["multipart/form-data"]?.schema ?? {};
            const form = spec.components?.schemas?.[$ref?.split("/").pop()];
            for (const [name, field] of Object.entries(form?.properties ?? {})) {
              if (!form.required?.includes(name)) field.default = "";
            }
          }
          return update(spec);
        },
      },
    },
  },
});

window.ui = SwaggerUIBundle({
  dom_id: "#swagger-ui",
  url: new URL("../schema/", document.baseURI).href,
  deepLinking: true,
  displayRequestDuration: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  filter: true,
  persistAuthorization: true,
  plugins: [blankForms],
  tryItOutEnabled: true,
  validatorUrl: null,
});
