import net from 'node:net';

/** Domains of demos, tests and benchmarks; 0 to 9 are left to people, above 101 ports collide. */
const firstDomain = 10;
const lastDomain = 101;

let claims = 0;

/**
 * A ROS domain that no other demo, test or benchmark on this machine uses. An abstract socket is held
 * for it, so it is free again when this process ends, however it ends. The next one
 * is another one: processes that were killed leave shared memory behind by which a domain can suffer.
 */
export async function claimDomainId(): Promise<{ id: number; release: () => void }> {
  const count = lastDomain - firstDomain + 1;
  const start = process.pid + claims;
  claims += 1;
  for (let i = 0; i < count; i += 1) {
    const id = firstDomain + ((start + i) % count);
    const server = await listen(`\0st4vla-domain-${id}`);
    if (server) return { id, release: () => void server.close() };
  }
  throw new Error(`all ROS domains from ${firstDomain} to ${lastDomain} are in use`);
}

function listen(address: string): Promise<net.Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.unref();
    server.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(address, () => resolve(server));
  });
}
