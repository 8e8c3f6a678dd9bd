import type { Express } from 'express'

export interface LiveRoute {
  method: string
  /** As registered: `/api/keys/:id`. */
  path: string
}

interface Layer {
  route?: { path: string; stack: { method?: string }[] }
}

/** Every route that the app really has, with each of its methods. */
export function liveRoutes(app: Express): LiveRoute[] {
  const layers = app.router.stack as unknown as Layer[]
  return layers.flatMap(({ route }) => {
    if (!route) return []
    const methods = new Set(route.stack.flatMap(({ method }) => (method ? [method] : [])))
    return [...methods].map((method) => ({ method: method.toUpperCase(), path: route.path }))
  })
}

/** The route's path with this text for each of its parameters. */
export function fillPath(path: string, text: string): string {
  return path.replaceAll(/[:*]\w+/g, () => text)
}

export function hasParams(path: string): boolean {
  return /[:*]\w/.test(path)
}
