declare module 'linebreak' {
  interface Break {
    position: number
    required?: boolean
  }
  /** Where lines may end, by UAX #14. */
  export default class LineBreaker {
    constructor(text: string)
    nextBreak(): Break | null
  }
}
