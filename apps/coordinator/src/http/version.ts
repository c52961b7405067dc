/** The version that `/v1/status` and the OpenAPI document tell. */
export const VERSION = '0.1.0';
