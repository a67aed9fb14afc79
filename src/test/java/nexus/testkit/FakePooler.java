package nexus.testkit;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import nexus.store.PostgresUrl;
import org.jspecify.annotations.Nullable;

/**
 * Stands before a server without a password, as a connection pooler does: takes connections itself, and lends them
 * sessions of the server, for as long as they last or for one transaction.
 */
public final class FakePooler implements AutoCloseable {
    private static final int SSL_REQUEST = 80877103;
    private static final int GSS_REQUEST = 80877104;
    private static final int PROTOCOL_3 = 3 << 16;
    private static final Set<String> KNOWN = Set.of(
            "user",
            "database",
            "client_encoding",
            "datestyle",
            "timezone",
            "standard_conforming_strings",
            "application_name");

    /** What becomes of a start-up parameter that the pooler keeps no track of. */
    public enum Unknown {
        REFUSED,
        IGNORED,
        /** Given to the session of the server that is started for the connection. */
        PASSED_ON
    }

    private final ServerSocket socket;
    private final PostgresUrl server;
    private final boolean perTransaction;
    private final Unknown unknown;
    private final boolean oldestFirst;
    private final Deque<Backend> idle = new ArrayDeque<>(); // guarded by itself
    private final Queue<Socket> all = new ConcurrentLinkedQueue<>();

    private FakePooler(String serverUrl, boolean perTransaction, Unknown unknown, boolean oldestFirst)
            throws IOException {
        this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.server = PostgresUrl.parse(serverUrl);
        this.perTransaction = perTransaction;
        this.unknown = unknown;
        this.oldestFirst = oldestFirst;
        Thread.ofVirtual().start(this::serve);
    }

    public static FakePooler perSession(String serverUrl, Unknown unknown) {
        return start(serverUrl, false, unknown, false);
    }

    /** @param oldestFirst whether it lends the session that has been idle for longest, not the one given back last */
    public static FakePooler perTransaction(String serverUrl, Unknown unknown, boolean oldestFirst) {
        return start(serverUrl, true, unknown, oldestFirst);
    }

    /** Makes it hold so many more idle sessions, as after others have used it. */
    public FakePooler holding(int sessions) {
        for (int i = 0; i < sessions; i++) {
            try {
                giveBack(new Backend(Map.of("user", server.user(), "database", server.database())));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return this;
    }

    private static FakePooler start(String serverUrl, boolean perTransaction, Unknown unknown, boolean oldestFirst) {
        try {
            return new FakePooler(serverUrl, perTransaction, unknown, oldestFirst);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The server's URL with the pooler's address. */
    public String url() {
        return "postgresql://" + server.user() + "@localhost:" + socket.getLocalPort() + "/" + server.database()
                + "?sslmode=disable";
    }

    private static final class Message {
        final int type;
        private final byte[] body;

        Message(int type, byte[] body) {
            this.type = type;
            this.body = body;
        }

        static Message read(DataInputStream in) throws IOException {
            int type = in.read();
            if (type < 0) {
                throw new IOException("closed");
            }
            byte[] body = new byte[in.readInt() - Integer.BYTES];
            in.readFully(body);
            return new Message(type, body);
        }

        void write(DataOutputStream out) throws IOException {
            out.writeByte(type);
            out.writeInt(body.length + Integer.BYTES);
            out.write(body);
        }
    }

    /** A session of the server. */
    private final class Backend {
        final DataInputStream in;
        final DataOutputStream out;
        final ByteArrayOutputStream greeting = new ByteArrayOutputStream();

        Backend(Map<String, String> parameters) throws IOException {
            Socket connection = new Socket("localhost", server.port());
            connection.setTcpNoDelay(true);
            all.add(connection);
            this.in = new DataInputStream(new java.io.BufferedInputStream(connection.getInputStream()));
            this.out = new DataOutputStream(new java.io.BufferedOutputStream(connection.getOutputStream()));
            ByteArrayOutputStream start = new ByteArrayOutputStream();
            DataOutputStream text = new DataOutputStream(start);
            text.writeInt(PROTOCOL_3);
            for (Map.Entry<String, String> parameter : parameters.entrySet()) {
                text.write((parameter.getKey() + "\0" + parameter.getValue() + "\0").getBytes(StandardCharsets.UTF_8));
            }
            text.write(0);
            out.writeInt(start.size() + Integer.BYTES);
            start.writeTo(out);
            out.flush();
            DataOutputStream seen = new DataOutputStream(greeting);
            Message message;
            do {
                message = Message.read(in);
                if (message.type == 'S') {
                    message.write(seen);
                }
            } while (message.type != 'Z');
        }
    }

    private void serve() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                client.setTcpNoDelay(true);
                all.add(client);
                Thread.ofVirtual().start(() -> lend(client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void lend(Socket client) {
        @Nullable Backend backend = null;
        try (client) {
            DataInputStream in = new DataInputStream(new java.io.BufferedInputStream(client.getInputStream()));
            DataOutputStream out = new DataOutputStream(new java.io.BufferedOutputStream(client.getOutputStream()));
            Map<String, String> parameters = startUp(in, out, client);
            if (parameters.isEmpty()) {
                return;
            }
            backend = borrow(parameters);
            greet(backend, out);
            if (perTransaction) {
                giveBack(backend);
                backend = null;
            }
            while (true) {
                Message first = Message.read(in);
                if (first.type == 'X') {
                    return;
                }
                Backend lent = backend == null ? borrow(parameters) : backend;
                backend = lent;
                boolean isInTransaction = exchange(first, in, out, lent);
                if (perTransaction && !isInTransaction) {
                    giveBack(lent);
                    backend = null;
                }
            }
        } catch (IOException e) {
            // one of the two sides has hung up
        } finally {
            if (backend != null) {
                giveBack(backend);
            }
        }
    }

    /** @return whether the session is in a transaction now */
    private static boolean exchange(Message first, DataInputStream in, DataOutputStream out, Backend backend)
            throws IOException {
        Message message = first;
        message.write(backend.out);
        while (message.type != 'Q' && message.type != 'S') {
            message = Message.read(in);
            message.write(backend.out);
        }
        backend.out.flush();
        Message answer;
        do {
            answer = Message.read(backend.in);
            answer.write(out);
        } while (answer.type != 'Z');
        out.flush();
        return answer.body[0] != 'I';
    }

    /** Empty when the connection was refused. */
    private Map<String, String> startUp(DataInputStream in, DataOutputStream out, Socket client) throws IOException {
        byte[] start;
        int code;
        do {
            start = new byte[in.readInt() - Integer.BYTES];
            in.readFully(start);
            code = ByteBuffer.wrap(start).getInt();
            if (code == SSL_REQUEST || code == GSS_REQUEST) {
                out.write('N');
                out.flush();
            }
        } while (code == SSL_REQUEST || code == GSS_REQUEST);
        String[] words =
                new String(start, Integer.BYTES, start.length - Integer.BYTES, StandardCharsets.UTF_8).split("\0", -1);
        Map<String, String> parameters = new LinkedHashMap<>();
        for (int i = 0; i + 1 < words.length && !words[i].isEmpty(); i += 2) {
            boolean isKnown = KNOWN.contains(words[i].toLowerCase(java.util.Locale.ROOT));
            if (!isKnown && unknown == Unknown.REFUSED) {
                byte[] error = ("SFATAL\0VFATAL\0C08P01\0Munsupported startup parameter: " + words[i] + "\0\0")
                        .getBytes(StandardCharsets.UTF_8);
                new Message('E', error).write(out);
                out.flush();
                client.shutdownOutput();
                return Map.of();
            }
            if (isKnown || unknown == Unknown.PASSED_ON) {
                parameters.put(words[i], words[i + 1]);
            }
        }
        return parameters;
    }

    private static void greet(Backend backend, DataOutputStream out) throws IOException {
        new Message('R', new byte[4]).write(out);
        backend.greeting.writeTo(out);
        new Message('K', new byte[] {0, 0, 0, 1, 0, 0, 0, 2}).write(out);
        new Message('Z', new byte[] {'I'}).write(out);
        out.flush();
    }

    private Backend borrow(Map<String, String> parameters) throws IOException {
        synchronized (idle) {
            if (perTransaction && !idle.isEmpty()) {
                return oldestFirst ? idle.removeLast() : idle.pop();
            }
        }
        return new Backend(parameters);
    }

    private void giveBack(Backend backend) {
        if (perTransaction) {
            synchronized (idle) {
                idle.push(backend);
            }
        } else {
            try {
                new Message('X', new byte[0]).write(backend.out);
                backend.out.flush();
            } catch (IOException e) {
                // it is gone already
            }
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
            for (Socket open : all) {
                open.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
