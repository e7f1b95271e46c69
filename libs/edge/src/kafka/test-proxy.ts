import type { ISocketFactory } from 'kafkajs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A wire between a client and the broker that a test cuts, or freezes while it stays open. */
export class TestProxy {
  private readonly sockets = new Set<Socket>();
  private frozen = false;
  private cut = false;

  private constructor(
    private readonly server: Server,
    private readonly target: { readonly host: string; readonly port: number },
  ) {}

  static async to(broker: string): Promise<TestProxy> {
    const [host = '127.0.0.1', port = '9092'] = broker.split(',')[0]?.split(':') ?? [];
    const server = createServer();
    const proxy = new TestProxy(server, { host, port: Number(port) });
    server.on('connection', (socket) => {
      proxy.join(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** Opens the client's sockets through this wire, whatever address the broker advertises. */
  get socketFactory(): ISocketFactory {
    return ({ onConnect }) => {
      const { port } = this.server.address() as AddressInfo;
      return connect({ host: '127.0.0.1', port }, onConnect);
    };
  }

  /** Ends all connections and every new one at once. */
  cutOff(): void {
    this.cut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  /** Connections stay open and nothing moves. */
  freeze(): void {
    this.frozen = true;
    for (const socket of this.sockets) socket.pause();
  }

  restore(): void {
    this.cut = false;
    this.frozen = false;
    for (const socket of this.sockets) socket.resume();
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket): void {
    if (this.cut) {
      client.destroy();
      return;
    }
    const broker = connect(this.target);
    for (const [from, to] of [
      [client, broker],
      [broker, client],
    ] as const) {
      this.sockets.add(from);
      from.on('data', (data) => to.write(data));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.sockets.delete(from);
        to.destroy();
      });
      if (this.frozen) from.pause();
    }
  }
}
