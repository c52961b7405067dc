import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import pg from 'pg';
import { freePort } from '../src/embedded/free-port.ts';

export interface TestPostgres {
  url: string;
  stop(): Promise<void>;
}

/** A PostgreSQL server of its own on a free port, or the reason why there is none on this machine. */
export async function startPostgres(): Promise<TestPostgres | { missing: string }> {
  const bin = findBinaries();
  if (bin === undefined) return { missing: 'no initdb under /usr/lib/postgresql or on PATH' };
  // PostgreSQL refuses to run as root.
  const user: { uid?: number; gid?: number } | undefined = process.getuid?.() === 0 ? ordinaryUser() : {};
  if (user === undefined) return { missing: 'running as root, and there is no user postgres or nobody' };
  const dir = mkdtempSync(join(tmpdir(), 'encryptech-postgres-'));
  if (user.uid !== undefined && user.gid !== undefined) chownSync(dir, user.uid, user.gid);
  const data = join(dir, 'data');
  const made = spawnSync(join(bin, 'initdb'), ['-D', data, '-U', 'encryptech', '-A', 'trust', '--no-sync'], {
    ...{ ...user, cwd: dir, encoding: 'utf8', env: { PATH: process.env['PATH'], LC_ALL: 'C' } },
  });
  if (made.status !== 0) {
    rmSync(dir, { recursive: true, force: true });
    return { missing: `initdb failed: ${made.stderr.trim().split('\n').at(-1)}` };
  }
  const port = (await freePort())!;
  const settings = [`listen_addresses=127.0.0.1`, `port=${port}`, `unix_socket_directories=${dir}`, 'fsync=off'];
  const server = spawn(join(bin, 'postgres'), ['-D', data, ...settings.flatMap((setting) => ['-c', setting])], {
    ...{ ...user, cwd: dir, stdio: 'ignore' },
  });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const url = `postgres://encryptech@127.0.0.1:${port}/postgres`;
  await answering(url);
  return {
    url,
    stop: async () => {
      server.kill('SIGINT');
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function findBinaries(): string | undefined {
  const packaged = '/usr/lib/postgresql';
  const versions = existsSync(packaged) ? readdirSync(packaged).map((name) => join(packaged, name, 'bin')) : [];
  const folders = [...versions, ...(process.env['PATH'] ?? '').split(delimiter)];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

function ordinaryUser(): { uid: number; gid: number } | undefined {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of ['postgres', 'nobody']) {
    const fields = lines.find((line) => line.startsWith(`${name}:`))?.split(':');
    if (fields) return { uid: Number(fields[2]), gid: Number(fields[3]) };
  }
  return undefined;
}

async function answering(url: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      return await client.end();
    } catch (error) {
      if (attempt > 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
