package nexus.bench;

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
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A receiver that costs next to nothing: one thread, no objects per request. It knows as much HTTP/1.1 as a POST with a
 * {@code Content-Length} needs. What it does is said by the path: {@code /count}, {@code /blind}, {@code /hang} or
 * {@code /fail-once}.
 */
final class CountingReceiver implements AutoCloseable {
    private static final byte[] OK = ascii("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    private static final byte[] FAILED = ascii("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n");
    private static final byte[] CONTENT_LENGTH = ascii("content-length:");
    private static final byte[] ID = ascii("webhook-id:");
    private static final byte[] ATTEMPT = ascii("x-delivery-attempt:");
    private static final byte[] NUMBER = ascii("\"n\":");
    private static final byte[] KEY = ascii("\"k\":");
    private static final int BACKLOG = 1024;

    private final Ledger ledger;
    private final Selector selector;
    private final ServerSocketChannel server;
    private final Thread thread;
    private final AtomicLong blind = new AtomicLong();
    private final Map<String, Instant> triedAgain = new ConcurrentHashMap<>();
    private volatile byte[] sample = {};

    private CountingReceiver(Ledger ledger, Selector selector, ServerSocketChannel server) {
        this.ledger = ledger;
        this.selector = selector;
        this.server = server;
        this.thread = Thread.ofPlatform().daemon().name("bench-receiver").unstarted(this::run);
    }

    /** @param address to bind, with any free port */
    static CountingReceiver start(Ledger ledger, String address) throws IOException {
        Selector selector = Selector.open();
        ServerSocketChannel server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress(address, 0), BACKLOG);
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
        CountingReceiver receiver = new CountingReceiver(ledger, selector, server);
        receiver.thread.start();
        return receiver;
    }

    int port() {
        return server.socket().getLocalPort();
    }

    /** Requests to {@code /blind}. */
    long blind() {
        return blind.get();
    }

    /** The newest body that came to {@code /count}; empty when none did. */
    byte[] sample() {
        return sample.clone();
    }

    /** When second attempts came to {@code /fail-once}, by the event's id. */
    Map<String, Instant> triedAgain() {
        return Map.copyOf(triedAgain);
    }

    @Override
    public void close() throws IOException {
        thread.interrupt();
        server.close();
        selector.close();
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                selector.select();
                for (Iterator<SelectionKey> ready = selector.selectedKeys().iterator(); ready.hasNext(); ) {
                    SelectionKey key = ready.next();
                    ready.remove();
                    if (key.isAcceptable()) {
                        accept();
                    } else if (key.attachment() instanceof Caller caller) {
                        caller.read();
                    }
                }
            }
        } catch (ClosedSelectorException | ClosedChannelException e) {
            // closed: that is the end
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() throws IOException {
        SocketChannel channel = server.accept();
        if (channel != null) {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.register(selector, SelectionKey.OP_READ, new Caller(channel));
        }
    }

    /** One connection: bytes that came and are not handled yet. */
    private final class Caller {
        private final SocketChannel channel;
        private ByteBuffer in = ByteBuffer.allocate(8 * 1024);
        private int lookedAt; // of the head
        private int contentLength; // where the value begins, as the next two; 0: there is none
        private int id;
        private int attempt;
        private int bodyStart = -1;
        private int requestEnd = -1;

        Caller(SocketChannel channel) {
            this.channel = channel;
        }

        void read() {
            try {
                if (!in.hasRemaining()) {
                    in = ByteBuffer.allocate(in.capacity() * 2).put(in.flip());
                }
                if (channel.read(in) < 0) {
                    channel.close();
                    return;
                }
                while (isWhole()) {
                    byte @Nullable [] answer = handle();
                    in.flip().position(requestEnd);
                    in.compact();
                    forget();
                    if (answer != null) {
                        write(answer);
                    }
                }
            } catch (IOException e) { // the caller hung up
                closeQuietly(channel);
            }
        }

        private void forget() {
            lookedAt = 0;
            contentLength = 0;
            id = 0;
            attempt = 0;
            bodyStart = -1;
            requestEnd = -1;
        }

        private boolean isWhole() {
            if (bodyStart < 0) {
                readHead();
                if (bodyStart < 0) {
                    return false;
                }
                requestEnd = bodyStart + (int) Math.max(0, contentLength == 0 ? 0 : digits(contentLength));
            }
            return in.position() >= requestEnd;
        }

        /** Goes over the head once, line by line. */
        private void readHead() {
            byte[] bytes = in.array();
            int end = in.position();
            for (int i = lookedAt; i < end; i++) {
                if (bytes[i] == '\n') {
                    if (i + 2 >= end) {
                        lookedAt = i; // the next line has not come
                        return;
                    }
                    if (bytes[i + 1] == '\r') {
                        bodyStart = i + 3;
                        return;
                    }
                    readLine(bytes, i + 1, end);
                }
            }
            lookedAt = lastLine(bytes, end);
        }

        private void readLine(byte[] bytes, int from, int end) {
            switch (lower(bytes[from])) {
                case 'c' -> contentLength = startsWith(bytes, from, end, CONTENT_LENGTH, contentLength);
                case 'w' -> id = startsWith(bytes, from, end, ID, id);
                case 'x' -> attempt = startsWith(bytes, from, end, ATTEMPT, attempt);
                default -> {}
            }
        }

        /** Where the line begins that has not come whole: it is read again. */
        private int lastLine(byte[] bytes, int end) {
            int i = end - 1;
            while (i > 0 && bytes[i] != '\n') {
                i--;
            }
            return Math.max(0, i);
        }

        /** @return where the value of this header begins; {@code known} when it is another one */
        private int startsWith(byte[] bytes, int from, int end, byte[] name, int known) {
            if (from + name.length >= end) {
                return known;
            }
            for (int i = 0; i < name.length; i++) {
                if (lower(bytes[from + i]) != name[i]) {
                    return known;
                }
            }
            int value = from + name.length;
            while (value < end - 1 && bytes[value] == ' ') {
                value++;
            }
            return value;
        }

        /** @return what to answer; null for nothing, ever */
        private byte @Nullable [] handle() {
            byte behaviour = in.get("POST /".length());
            return switch (behaviour) {
                case 'c' -> {
                    count();
                    yield OK;
                }
                case 'b' -> {
                    blind.incrementAndGet();
                    yield OK;
                }
                case 'h' -> null;
                default -> {
                    if (attempt > 0 && digits(attempt) == 1) {
                        yield FAILED;
                    }
                    triedAgain.put(text(id), Instant.now());
                    yield OK;
                }
            };
        }

        private void count() {
            long number = digits(indexOf(NUMBER, bodyStart, requestEnd) + NUMBER.length);
            int keyAt = indexOf(KEY, bodyStart, requestEnd);
            ledger.received(number, keyAt < 0 ? 0 : (int) digits(keyAt + KEY.length), idHash());
            if ((number & 0xff) == 0) {
                sample = Arrays.copyOfRange(in.array(), bodyStart, requestEnd);
            }
        }

        /** Of the id's text, 64 bits: two of a few million ids hardly ever have the same. */
        private long idHash() {
            long hash = 1125899906842597L;
            for (int i = id; id > 0 && in.get(i) != '\r'; i++) {
                hash = 31 * hash + in.get(i);
                hash ^= hash >>> 29;
            }
            return hash;
        }

        private String text(int from) {
            int to = from;
            while (in.get(to) != '\r') {
                to++;
            }
            return new String(in.array(), from, to - from, StandardCharsets.US_ASCII);
        }

        private long digits(int at) {
            long value = 0;
            for (int i = at; i < in.position() && in.get(i) >= '0' && in.get(i) <= '9'; i++) {
                value = value * 10 + in.get(i) - '0';
            }
            return value;
        }

        private int indexOf(byte[] wanted, int from, int to) {
            byte[] bytes = in.array();
            byte first = wanted[0];
            for (int i = from; i <= to - wanted.length; i++) {
                if (bytes[i] == first && Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
                    return i;
                }
            }
            return -1;
        }

        private void write(byte[] answer) throws IOException {
            ByteBuffer out = ByteBuffer.wrap(answer);
            while (out.hasRemaining()) { // 38 bytes always fit, unless the caller reads nothing at all
                channel.write(out);
            }
        }
    }

    private static byte lower(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // it is gone either way
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
