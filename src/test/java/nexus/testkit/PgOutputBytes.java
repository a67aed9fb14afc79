package nexus.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Writes pgoutput messages field by field, as the manual lays them out. */
public final class PgOutputBytes {
    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private PgOutputBytes(char tag) {
        bytes.write(tag);
    }

    public static PgOutputBytes message(char tag) {
        return new PgOutputBytes(tag);
    }

    public static ByteBuffer begin(long commitLsn, Instant committedAt, int xid) {
        return message('B').int64(commitLsn).time(committedAt).int32(xid).buffer();
    }

    public static ByteBuffer commit(long commitLsn, long endLsn, Instant committedAt) {
        return message('C')
                .int8(0)
                .int64(commitLsn)
                .int64(endLsn)
                .time(committedAt)
                .buffer();
    }

    public PgOutputBytes int8(int value) {
        bytes.write(value);
        return this;
    }

    public PgOutputBytes int16(int value) {
        return raw(ByteBuffer.allocate(2).putShort((short) value).array());
    }

    public PgOutputBytes int32(int value) {
        return raw(ByteBuffer.allocate(4).putInt(value).array());
    }

    public PgOutputBytes int64(long value) {
        return raw(ByteBuffer.allocate(8).putLong(value).array());
    }

    public PgOutputBytes time(Instant value) {
        return int64(EPOCH.until(value, ChronoUnit.MICROS));
    }

    public PgOutputBytes string(String value) {
        return raw(value.getBytes(StandardCharsets.UTF_8)).int8(0);
    }

    /** One column of a RELATION message. */
    public PgOutputBytes column(boolean isInIdentity, String name, int typeOid) {
        return int8(isInIdentity ? 1 : 0).string(name).int32(typeOid).int32(-1);
    }

    /** A row; {@code NULL} as SQL null, {@code UNCHANGED} as a TOASTed value left alone, {@code byte[]} as it is. */
    public PgOutputBytes row(char mark, Object... values) {
        int8(mark).int16(values.length);
        for (Object value : values) {
            if (value == UNCHANGED) {
                int8('u');
            } else if (value == NULL) {
                int8('n');
            } else {
                byte[] text =
                        value instanceof byte[] bytes ? bytes : value.toString().getBytes(StandardCharsets.UTF_8);
                int8('t').int32(text.length).raw(text);
            }
        }
        return this;
    }

    public static final Object UNCHANGED = new Object();
    public static final Object NULL = new Object();

    public PgOutputBytes raw(byte[] value) {
        bytes.writeBytes(value);
        return this;
    }

    public ByteBuffer buffer() {
        return ByteBuffer.wrap(bytes.toByteArray());
    }
}
