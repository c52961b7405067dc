/** Where a command reads and writes: the only face of the process that commands see. */
export interface Terminal {
  /** Results. Piped output stays clean: nothing else goes here. */
  out(text: string): void;
  /** Progress, questions, warnings, errors. */
  err(text: string): void;
  /** True when a person watches `err`. */
  isInteractive: boolean;
  /** Asks for a line on a terminal; `hidden` hides what is typed. */
  ask(question: string, options?: { hidden?: boolean }): Promise<string>;
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  /** Aborts on Ctrl-C and on SIGTERM. */
  signal: AbortSignal;
}
