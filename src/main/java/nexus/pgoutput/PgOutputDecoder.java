package nexus.pgoutput;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nexus.pgoutput.PgOutputMessage.Begin;
import nexus.pgoutput.PgOutputMessage.Column;
import nexus.pgoutput.PgOutputMessage.Commit;
import nexus.pgoutput.PgOutputMessage.Delete;
import nexus.pgoutput.PgOutputMessage.Insert;
import nexus.pgoutput.PgOutputMessage.LogicalMessage;
import nexus.pgoutput.PgOutputMessage.OldRow;
import nexus.pgoutput.PgOutputMessage.Origin;
import nexus.pgoutput.PgOutputMessage.Relation;
import nexus.pgoutput.PgOutputMessage.ReplicaIdentity;
import nexus.pgoutput.PgOutputMessage.Truncate;
import nexus.pgoutput.PgOutputMessage.Update;

/**
 * Decodes one message without copying it, so that a row of 50 MB is in memory once. The values keep the array of the buffer,
 * which must not be changed afterwards. The driver allocates an array for each message ({@code PGStream.receive(int)};
 * {@code CopyDualImpl} and {@code V3PGReplicationStream} only pass it on).
 */
public final class PgOutputDecoder {
    private static final Instant POSTGRES_EPOCH = Instant.parse("2000-01-01T00:00:00Z");
    private static final char UNKNOWN = '\ufffd';
    private static final int NOT_UTF8 = 0xff;
    private static final int IDENTITY_FLAG = 1;
    private static final int CASCADE_FLAG = 1;
    private static final int RESTART_IDENTITY_FLAG = 2;
    private static final int TRANSACTIONAL_FLAG = 1;

    private final Charset encoding;
    private final byte[] bytes;
    private final int from;
    private final int to;
    private int at;

    private PgOutputDecoder(byte[] bytes, int from, int to, Charset encoding) {
        this.encoding = encoding;
        this.bytes = bytes;
        this.from = from;
        this.to = to;
        this.at = from;
    }

    /**
     * @param buffer exactly one message, as the stream delivers it; read to its end. Its array is kept, not copied
     * @throws MalformedMessageException if the tag is unknown, or the message is longer or shorter than it says
     */
    public static PgOutputMessage decode(ByteBuffer buffer) {
        return decode(buffer, StandardCharsets.UTF_8);
    }

    /** @param encoding of the received texts; the decoded values are UTF-8 */
    public static PgOutputMessage decode(ByteBuffer buffer, Charset encoding) {
        PgOutputDecoder decoder = over(buffer, encoding);
        PgOutputMessage message = decoder.message();
        if (decoder.at != decoder.to) {
            throw decoder.malformed((decoder.to - decoder.at) + " bytes too many");
        }
        return message;
    }

    private static PgOutputDecoder over(ByteBuffer buffer, Charset encoding) {
        int length = buffer.remaining();
        if (buffer.hasArray()) {
            int from = buffer.arrayOffset() + buffer.position();
            buffer.position(buffer.limit());
            return new PgOutputDecoder(buffer.array(), from, from + length, encoding);
        }
        byte[] bytes = new byte[length];
        buffer.get(bytes);
        return new PgOutputDecoder(bytes, 0, length, encoding);
    }

    private PgOutputMessage message() {
        byte tag = int8();
        return switch (tag) {
            case 'B' -> new Begin(lsn(), instant(), Integer.toUnsignedLong(int32()));
            case 'C' -> commit();
            case 'R' -> relation();
            case 'I' -> insert();
            case 'U' -> update();
            case 'D' -> delete();
            case 'T' -> truncate();
            case 'Y' -> new PgOutputMessage.Type(int32(), string(), string());
            case 'O' -> new Origin(lsn(), string());
            case 'M' -> logicalMessage();
            default -> throw malformed("unknown tag " + shown(tag));
        };
    }

    private Commit commit() {
        int8(); // flags, none defined
        return new Commit(lsn(), lsn(), instant());
    }

    private Relation relation() {
        int oid = int32();
        String schema = string();
        String table = string();
        ReplicaIdentity identity = identity();
        int count = count();
        List<Column> columns = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            boolean isInIdentity = (int8() & IDENTITY_FLAG) != 0;
            columns.add(new Column(string(), int32(), int32(), isInIdentity));
        }
        // The server writes pg_catalog as an empty name.
        return new Relation(oid, schema.isEmpty() ? "pg_catalog" : schema, table, identity, columns);
    }

    private ReplicaIdentity identity() {
        byte setting = int8();
        return switch (setting) {
            case 'd' -> ReplicaIdentity.DEFAULT;
            case 'n' -> ReplicaIdentity.NOTHING;
            case 'f' -> ReplicaIdentity.FULL;
            case 'i' -> ReplicaIdentity.INDEX;
            default -> throw malformed("unknown replica identity " + shown(setting));
        };
    }

    private Insert insert() {
        int oid = int32();
        expectNewRow(int8());
        return new Insert(oid, tuple());
    }

    private Update update() {
        int oid = int32();
        byte mark = int8();
        if (mark != 'K' && mark != 'O') {
            expectNewRow(mark);
            return new Update(oid, Optional.empty(), tuple());
        }
        OldRow before = new OldRow(mark == 'K', tuple());
        expectNewRow(int8());
        return new Update(oid, Optional.of(before), tuple());
    }

    private Delete delete() {
        int oid = int32();
        byte mark = int8();
        if (mark != 'K' && mark != 'O') {
            throw malformed("neither K nor O but " + shown(mark));
        }
        return new Delete(oid, new OldRow(mark == 'K', tuple()));
    }

    private Truncate truncate() {
        int count = int32();
        byte options = int8();
        if (count < 0 || count > (to - at) / Integer.BYTES) {
            throw malformed("no room for " + Integer.toUnsignedString(count) + " relations");
        }
        List<Integer> oids = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            oids.add(int32());
        }
        return new Truncate(oids, (options & CASCADE_FLAG) != 0, (options & RESTART_IDENTITY_FLAG) != 0);
    }

    private LogicalMessage logicalMessage() {
        boolean transactional = (int8() & TRANSACTIONAL_FLAG) != 0;
        Lsn lsn = lsn();
        String prefix = string();
        int start = skip(int32());
        ByteBuffer content = ByteBuffer.wrap(bytes, start, at - start).slice().asReadOnlyBuffer();
        return new LogicalMessage(transactional, lsn, prefix, content);
    }

    private TupleData tuple() {
        int count = count();
        TupleData.Kind[] kinds = new TupleData.Kind[count];
        int[] bounds = new int[2 * count];
        for (int i = 0; i < count; i++) {
            byte kind = int8();
            kinds[i] = switch (kind) {
                case 'n' -> TupleData.Kind.NULL;
                case 'u' -> TupleData.Kind.UNCHANGED;
                case 't' -> TupleData.Kind.TEXT;
                case 'b' -> TupleData.Kind.BINARY;
                case MessageShortener.OMITTED -> TupleData.Kind.OMITTED;
                default -> throw malformed("unknown kind of value " + shown(kind));
            };
            if (kind == 't' || kind == 'b') {
                bounds[2 * i] = skip(int32());
                bounds[2 * i + 1] = at;
            }
        }
        return encoding.equals(StandardCharsets.UTF_8)
                ? new TupleData(bytes, kinds, bounds)
                : new TupleData(inUtf8(bounds), kinds, bounds);
    }

    /** Adjusts the bounds as well. A byte sequence without a character in the encoding becomes a byte that is invalid in UTF-8. */
    private byte[] inUtf8(int[] bounds) {
        ByteArrayOutputStream texts = new ByteArrayOutputStream();
        for (int i = 0; i < bounds.length; i += 2) {
            String text = new String(bytes, bounds[i], bounds[i + 1] - bounds[i], encoding);
            bounds[i] = texts.size();
            int known = 0;
            for (int at = text.indexOf(UNKNOWN); at >= 0; at = text.indexOf(UNKNOWN, known)) {
                texts.writeBytes(text.substring(known, at).getBytes(StandardCharsets.UTF_8));
                texts.write(NOT_UTF8);
                known = at + 1;
            }
            texts.writeBytes(text.substring(known).getBytes(StandardCharsets.UTF_8));
            bounds[i + 1] = texts.size();
        }
        return texts.toByteArray();
    }

    private void expectNewRow(byte mark) {
        if (mark != 'N') {
            throw malformed("not N but " + shown(mark));
        }
    }

    /** A number of columns. Each takes at least a byte, so a wrong number cannot cause a large allocation. */
    private int count() {
        need(Short.BYTES);
        int count = (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
        at += Short.BYTES;
        need(count);
        return count;
    }

    private Lsn lsn() {
        return new Lsn(int64());
    }

    private Instant instant() {
        return POSTGRES_EPOCH.plus(int64(), ChronoUnit.MICROS);
    }

    private String string() {
        int start = at;
        while (at < to && bytes[at] != 0) {
            at++;
        }
        need(1); // the zero after it
        return new String(bytes, start, at++ - start, encoding);
    }

    private byte int8() {
        need(Byte.BYTES);
        return bytes[at++];
    }

    private int int32() {
        need(Integer.BYTES);
        int value = (bytes[at] & 0xff) << 24
                | (bytes[at + 1] & 0xff) << 16
                | (bytes[at + 2] & 0xff) << 8
                | (bytes[at + 3] & 0xff);
        at += Integer.BYTES;
        return value;
    }

    private long int64() {
        return Integer.toUnsignedLong(int32()) << 32 | Integer.toUnsignedLong(int32());
    }

    /** Skips {@code length} bytes and returns their start. */
    private int skip(int length) {
        need(length);
        int start = at;
        at += length;
        return start;
    }

    private void need(int length) {
        if (length < 0 || length > to - at) {
            throw malformed("ends too early");
        }
    }

    private MalformedMessageException malformed(String what) {
        String tag = from == to ? "an empty message" : "a message " + shown(bytes[from]);
        return new MalformedMessageException(
                "pgoutput: " + tag + " of " + (to - from) + " bytes, at " + (at - from) + ": " + what);
    }

    private static String shown(byte b) {
        return b > 0x20 && b < 0x7f ? "'" + (char) b + "'" : "0x" + Integer.toHexString(b & 0xff);
    }
}
