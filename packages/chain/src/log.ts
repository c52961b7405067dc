type Write = (facts: Record<string, unknown>, message: string) => void;

/** Where this package logs to; pino's logger fits. */
export interface Log {
  debug: Write;
  info: Write;
  warn: Write;
  error: Write;
}

/** A log that keeps nothing. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
