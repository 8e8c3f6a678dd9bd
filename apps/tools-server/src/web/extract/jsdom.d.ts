/** As much of jsdom as is used: its published types bring the browser's globals into every file. */
declare module 'jsdom' {
  export class VirtualConsole {
    removeAllListeners(): this
  }
  export class JSDOM {
    constructor(html: string, options?: { url?: string; virtualConsole?: VirtualConsole })
    readonly window: { readonly document: object; close(): void }
  }
}
