// Starts `dynolith serve` on a free port for a test of a JavaScript client.
import {spawn} from 'node:child_process';
import {readdirSync, statSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

function binary() {
  if (process.env.DYNOLITH_BINARY) return process.env.DYNOLITH_BINARY;
  const built = readdirSync(join(root, 'build'))
    .map((preset) => join(root, 'build', preset, 'tools', 'dynolith'))
    .filter((path) => statSync(path, {throwIfNoEntry: false}));
  built.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  if (!built.length) throw new Error('No dynolith program in build/: run tools/test, or set DYNOLITH_BINARY');
  return built[0];
}

// Resolves to {endpoint, stop()} when the server listens.
export function startServer(...flags) {
  const child = spawn(binary(), ['serve', '--port', '0', ...flags], {stdio: ['ignore', 'pipe', 'inherit']});
  return new Promise((resolve, reject) => {
    let banner = '';
    child.stdout.on('data', (piece) => {
      banner += piece;
      const port = banner.match(/Port:\s*(\d+)\n/);
      if (!port) return;
      resolve({
        endpoint: `http://127.0.0.1:${port[1]}`,
        stop: () => new Promise((stopped) => {
          child.once('exit', stopped);
          child.kill('SIGTERM');
        }),
      });
    });
    child.once('error', reject);
    child.once('exit', (status) => reject(new Error(`the server ended with status ${status}: ${banner}`)));
  });
}

export const credentials = {accessKeyId: 'test', secretAccessKey: 'test'};
