import express, { type RequestHandler } from 'express'
// Not the package's index: that would load the whole page's script into the server.
import absolutePath from 'swagger-ui-dist/absolute-path.js'
import { sendJson } from '@tandem/http'
import type { Deps } from '../../deps.ts'
import { createOpenApiDocument } from './openapi.ts'

/** `GET /openapi.json`, made when first asked for. */
export function openApiDocument({ version, config }: Deps): RequestHandler {
  let document: Promise<object> | undefined
  return async (_req, res) => {
    document ??= createOpenApiDocument(version, config.publicUrl)
    sendJson(res, await document)
  }
}

/** The page's own script: served as a file, so that the page needs no inline script. */
const start = `window.addEventListener('load', () => {
  SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', deepLinking: true, persistAuthorization: true })
})
`

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tandem API</title>
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
<link rel="icon" href="/docs/assets/favicon-32x32.png">
</head>
<body>
<main id="docs"></main>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/assets/start.js"></script>
</body>
</html>
`

/** `GET /docs`: Swagger UI over our document; nothing in it comes from the network. */
export function docsPage(): RequestHandler {
  return (_req, res) => {
    res.setHeader(
      'content-security-policy',
      "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
    )
    res.type('html').send(page)
  }
}

export function docsAssets(): RequestHandler {
  const assets = express.Router()
  assets.get('/start.js', (_req, res) => {
    res.type('js').send(start)
  })
  assets.use(express.static(absolutePath(), { index: false, maxAge: '1h' }))
  return assets
}
