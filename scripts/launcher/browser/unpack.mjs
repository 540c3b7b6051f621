// Unpacks the browser that npm brought into TMPDIR (its only way to say where), and prints the path.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import chromium, { inflate } from '@sparticuz/chromium';

const bin = join(
  dirname(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium'))),
  'bin',
);
const path = await chromium.executablePath(bin);
// The libraries a bare system lacks (nss, nspr, expat), made for a cloud function that lacks them too.
await inflate(join(bin, 'al2023.tar.br'));
console.log(path);
