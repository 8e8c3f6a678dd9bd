/** `response_format` of the request. */
export type ResponseFormat = { type: string; [key: string]: unknown } | undefined
