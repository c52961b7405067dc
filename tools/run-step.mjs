// Runs one command with its output passed through, and keeps the text for whoever counts in it.
import { spawn } from 'node:child_process';

/** Resolves to { ok, text, seconds }; never rejects. */
export function runStep(command, args, { cwd, env = {}, quiet = false } = {}) {
  const started = performance.now();
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    const take = (stream) => (chunk) => {
      text += chunk;
      if (!quiet) stream.write(chunk);
    };
    child.stdout.on('data', take(process.stdout));
    child.stderr.on('data', take(process.stderr));
    const done = (ok) => resolve({ ok, text, seconds: (performance.now() - started) / 1000 });
    child.on('error', (error) => {
      text += error.message;
      process.stderr.write(`${error.message}\n`);
      done(false);
    });
    child.on('close', (code) => done(code === 0));
  });
}
