package nexus.testkit;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** The receiver's side of an HTTP/2 connection, frame by frame, on a {@link RawReceiver} that offers {@code h2}. */
public final class RawHttp2 {
    public static final int DATA = 0;
    public static final int HEADERS = 1;
    public static final int RST_STREAM = 3;
    public static final int SETTINGS = 4;
    public static final int PUSH_PROMISE = 5;
    public static final int PING = 6;
    public static final int GOAWAY = 7;
    public static final int CONTINUATION = 9;
    public static final int END_STREAM = 1;
    public static final int END_HEADERS = 4;
    private static final int PREFACE = 24;

    private final RawReceiver.Connection connection;
    private final Map<Integer, ByteArrayOutputStream> bodies = new HashMap<>();

    /** A request that is complete. */
    public record Request(int stream, String body) {}

    private RawHttp2(RawReceiver.Connection connection) {
        this.connection = connection;
    }

    /** Takes the sender's preface and sends settings. */
    public static RawHttp2 begin(RawReceiver.Connection connection) throws IOException {
        connection.in().skipNBytes(PREFACE);
        RawHttp2 http = new RawHttp2(connection);
        http.frame(SETTINGS, 0, 0, new byte[0]);
        return http;
    }

    /** Waits for the next complete request. Throws at the connection's end. */
    public Request readRequest() throws IOException {
        InputStream in = connection.in();
        while (true) {
            byte[] header = in.readNBytes(9);
            if (header.length < 9) {
                throw new EOFException();
            }
            ByteBuffer fields = ByteBuffer.wrap(header);
            int length = fields.getInt() >>> 8;
            int type = header[3];
            int flags = header[4];
            int stream = ByteBuffer.wrap(header, 5, 4).getInt() & Integer.MAX_VALUE;
            byte[] payload = in.readNBytes(length);
            if (type == SETTINGS && (flags & 1) == 0) {
                frame(SETTINGS, 1, 0, new byte[0]);
            } else if (type == HEADERS || type == DATA) {
                ByteArrayOutputStream body = bodies.computeIfAbsent(stream, ignored -> new ByteArrayOutputStream());
                if (type == DATA) {
                    body.writeBytes(payload);
                }
                if ((flags & END_STREAM) != 0) {
                    return new Request(stream, body.toString(StandardCharsets.UTF_8));
                }
            }
        }
    }

    public void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        connection.send(bytes(type, flags, stream, payload));
    }

    public static byte[] bytes(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .put((byte) (payload.length >>> 16))
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    /** Headers with this status and nothing else. */
    public void status(int stream, int status, boolean endsStream) throws IOException {
        frame(HEADERS, END_HEADERS | (endsStream ? END_STREAM : 0), stream, statusBlock(Integer.toString(status)));
    }

    /** A header block with {@code :status} as a literal. */
    public static byte[] statusBlock(String status) {
        byte[] text = status.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(2 + text.length)
                .put((byte) 0x08)
                .put((byte) text.length)
                .put(text)
                .array();
    }

    public void reset(int stream, int code) throws IOException {
        frame(RST_STREAM, 0, stream, ByteBuffer.allocate(4).putInt(code).array());
    }

    public void goAway(int lastStream, int code) throws IOException {
        frame(
                GOAWAY,
                0,
                0,
                ByteBuffer.allocate(8).putInt(lastStream).putInt(code).array());
    }
}
