import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { freePort, whyTaken } from './port.mjs';

test('a taken port is named along with a way out', async () => {
  const port = await freePort();
  expect(await whyTaken('127.0.0.1', port)).toBeUndefined();
  const other = createServer().listen(port, '127.0.0.1');
  await once(other, 'listening');
  expect(await whyTaken('127.0.0.1', port)).toMatch(
    new RegExp(`^Port ${port} on 127.0.0.1 is taken.*\\n.*PORT=${port + 1} npm start`),
  );
  other.close();
});

test('an address of another machine is named', async () => {
  expect(await whyTaken('192.0.2.1', 3000)).toMatch(
    /HOST=192\.0\.2\.1 is not an address of this machine/,
  );
});
