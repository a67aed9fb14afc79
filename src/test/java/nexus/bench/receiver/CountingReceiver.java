package nexus.bench.receiver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A receiver in the clear that costs next to nothing: one thread, no objects per request, any number of addresses. */
public final class CountingReceiver implements AutoCloseable {
    private static final int BACKLOG = 1024;

    private final Receipts receipts;
    private final Selector selector;
    private final List<ServerSocketChannel> servers = new ArrayList<>(); // guarded by itself
    private final Thread thread;
    private final AtomicInteger connections = new AtomicInteger();

    private CountingReceiver(Receipts receipts, Selector selector) {
        this.receipts = receipts;
        this.selector = selector;
        this.thread = Thread.ofPlatform().daemon().name("bench-receiver").unstarted(this::run);
    }

    public static CountingReceiver start(Receipts receipts) throws IOException {
        CountingReceiver receiver = new CountingReceiver(receipts, Selector.open());
        receiver.thread.start();
        return receiver;
    }

    /**
     * Receives at one more address.
     *
     * @param address with any free port
     * @return the port
     */
    public int listen(String address) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open();
        try {
            server.bind(new InetSocketAddress(address, 0), BACKLOG);
            server.configureBlocking(false);
            server.register(selector, SelectionKey.OP_ACCEPT);
        } catch (IOException e) {
            server.close();
            throw e;
        }
        selector.wakeup();
        synchronized (servers) {
            servers.add(server);
        }
        return server.socket().getLocalPort();
    }

    public Receipts receipts() {
        return receipts;
    }

    /** Connections that are open now, at all addresses. */
    public int connections() {
        return connections.get();
    }

    @Override
    public void close() throws IOException {
        thread.interrupt();
        synchronized (servers) {
            for (ServerSocketChannel server : servers) {
                server.close();
            }
        }
        selector.close();
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                selector.select();
                for (Iterator<SelectionKey> ready = selector.selectedKeys().iterator(); ready.hasNext(); ) {
                    SelectionKey key = ready.next();
                    ready.remove();
                    if (key.attachment() instanceof Caller caller) {
                        caller.read();
                    } else if (key.channel() instanceof ServerSocketChannel server) {
                        accept(server);
                    }
                }
            }
        } catch (ClosedSelectorException | ClosedChannelException e) {
            // closed: that is the end
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept(ServerSocketChannel server) throws IOException {
        SocketChannel channel = server.accept();
        if (channel != null) {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.register(selector, SelectionKey.OP_READ, new Caller(channel));
            connections.incrementAndGet();
        }
    }

    /** One connection. */
    private final class Caller {
        private final SocketChannel channel;
        private final Http1Requests requests = new Http1Requests(receipts);

        Caller(SocketChannel channel) {
            this.channel = channel;
        }

        void read() {
            try {
                if (channel.read(requests.in(1)) < 0) {
                    hangUp();
                    return;
                }
                while (requests.hasNext()) {
                    byte[] answer = requests.handle();
                    if (answer != null) {
                        write(answer);
                    }
                }
            } catch (IOException e) { // the caller hung up
                hangUp();
            }
        }

        private void write(byte[] answer) throws IOException {
            ByteBuffer out = ByteBuffer.wrap(answer);
            while (out.hasRemaining()) { // 38 bytes always fit, unless the caller reads nothing at all
                channel.write(out);
            }
        }

        private void hangUp() {
            connections.decrementAndGet();
            try {
                channel.close();
            } catch (IOException e) {
                // it is gone either way
            }
        }
    }
}
