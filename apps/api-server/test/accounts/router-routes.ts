/** The routes of the live router, so that none can be forgotten. */
import type { Express } from 'express'

export interface Route {
  method: string
  /** As the router has it: `/api/keys/:id`. */
  path: string
}

interface Layer {
  route?: { path: string; stack: { method?: string }[] }
  handle?: { stack?: Layer[] }
}

/** @throws Error where a router is mounted in it whose routes would be overlooked */
export function routesOf(app: Express, nested: readonly string[]): Route[] {
  const layers = app.router.stack as unknown as Layer[]
  const inner = layers.flatMap(({ handle }) => toRoutes(handle?.stack ?? []))
  const unknown = inner.filter(({ path }) => !nested.includes(path))
  if (unknown.length > 0)
    throw new Error(`Routes of a router in the router: ${JSON.stringify(unknown)}`)
  return toRoutes(layers)
}

function toRoutes(layers: readonly Layer[]): Route[] {
  return layers.flatMap(({ route }) =>
    [...new Set(route?.stack.map(({ method }) => String(method).toUpperCase()))].map((method) => ({
      method,
      path: String(route?.path),
    })),
  )
}

/** A path that the route takes, of no thing that there is. */
export function samplePath({ path }: Route): string {
  return path.replaceAll(/[:*]\w+/g, 'none')
}
