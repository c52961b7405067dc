import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A child process that answers each line of JSON with a line of JSON. */
export interface LineProcess {
  ask<T>(request: Readonly<Record<string, unknown>>): Promise<T>;
  close(): void;
}

/** Starts the process; requests are answered in order, and fail when it ends. */
export function lineProcess(command: string, args: readonly string[]): LineProcess {
  const child = spawn(command, [...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.resolve(line));
  const end = (error: Error) => waiting.splice(0).forEach(({ reject }) => reject(error));
  child.on('error', end);
  child.on('exit', (code) => end(new Error(`${command} ended with ${String(code)}`)));
  return {
    async ask<T>(request: Readonly<Record<string, unknown>>): Promise<T> {
      const line = new Promise<string>((resolve, reject) => waiting.push({ resolve, reject }));
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return JSON.parse(await line) as T;
    },
    close: () => void child.stdin.end(),
  };
}
