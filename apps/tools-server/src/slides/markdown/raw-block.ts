/** A block as a caller could write it; the deck's schema checks it. */
export type RawBlock = { type: string; heading?: string; [key: string]: unknown }
