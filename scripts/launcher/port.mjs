import { createServer } from 'node:net';

/**
 * Why a server cannot listen on an address, or undefined when it can.
 * @param {string} host
 * @param {number} port
 * @returns {Promise<string | undefined>}
 */
export function whyTaken(host, port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (/** @type {NodeJS.ErrnoException} */ error) => {
      if (error.code === 'EADDRINUSE') {
        resolve(
          `Port ${port} on ${host} is taken by another program.\n` +
            `Stop that program, or choose another port: PORT=${port === 65_535 ? port - 1 : port + 1} npm start`,
        );
      } else if (error.code === 'EACCES') {
        resolve(
          `Port ${port} needs more rights (ports below 1024 do). Choose another: PORT=3000 npm start`,
        );
      } else if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
        resolve(
          `HOST=${host} is not an address of this machine. Use 127.0.0.1, or 0.0.0.0 for every address.`,
        );
      } else {
        resolve(`Cannot listen on ${host}:${port}: ${error.message}`);
      }
    });
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(undefined)));
  });
}

/**
 * A port that was free a moment ago.
 * @returns {Promise<number>}
 */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
