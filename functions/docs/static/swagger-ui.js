"use strict";

window.ui = SwaggerUIBundle({
  dom_id: "#swagger-ui",
  url: new URL("../schema/", document.baseURI).href,
  deepLinking: true,
  displayRequestDuration: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  filter: true,
  persistAuthorization: false,
  tryItOutEnabled: true,
  validatorUrl: null,
});
