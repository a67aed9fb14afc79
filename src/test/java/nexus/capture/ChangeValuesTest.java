package nexus.capture;

import static nexus.testkit.PgOutputBytes.NULL;
import static nexus.testkit.PgOutputBytes.UNCHANGED;
import static nexus.testkit.PgOutputBytes.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import nexus.capture.catalog.CatalogMemory;
import nexus.capture.message.RefusedMessages;
import nexus.event.IncomingEvent;
import nexus.pgoutput.PgOutputDecoder;
import nexus.testkit.PgOutputBytes;
import nexus.value.Value;
import org.junit.jupiter.api.Test;

/** What a filter sees of row changes and SQL messages is what their bodies say, without writing and parsing these. */
class ChangeValuesTest {
    private static final Instant AT = Instant.parse("2026-01-31T18:20:43.400123Z");
    private static final int TABLE = 20000;
    private static final int SMALL = 1_500;
    private static final int[] TYPES = {23, 25, 16, 1700, 114, 1184, 1114, 1009, 701, 2950};
    private static final String[] TEXTS = {
        "7",
        "-0.10",
        "9007199254740993",
        "1e400",
        "NaN",
        "t",
        "f",
        "",
        "é\"\\\n",
        "{\"a\":[1,{\"a\":2,\"a\":1.10}]}",
        "{\"u\":\"\\ud800\"}",
        "[1,2",
        "null",
        "2026-01-31 18:20:43.4+00",
        "infinity",
        "{1,NULL,\"a b\"}",
        "{{1},{2}}",
        "x".repeat(600),
        "\ufffd"
    };

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final MapCatalog catalog = new MapCatalog().table(TABLE, "public", "things", "id");

    private TransactionAssembler assembler(int maxBytes) {
        return new TransactionAssembler(
                new SourceIdentity("default", "7312345678901234567", "shop", TestIdKey.ONE, _ -> 1),
                new RememberedCatalog(
                        catalog,
                        new CatalogMemory(Clock.systemUTC()),
                        () -> {},
                        (relation, candidates, at) -> {},
                        RememberedCatalog.Pace.EACH_TRANSACTION),
                ResumePoint.START,
                maxBytes,
                new RefusedMessages(meters),
                new UndecodedChanges(meters, (_, _) -> {}));
    }

    private static List<IncomingEvent> events(TransactionAssembler assembler, List<ByteBuffer> messages) {
        List<IncomingEvent> events = new ArrayList<>();
        for (ByteBuffer one : messages) {
            if (assembler.accept(PgOutputDecoder.decode(one)) instanceof Progress.Within within) {
                events.addAll(within.events());
            }
        }
        return events;
    }

    @Test
    void randomChangesLookLikeTheirBodies() {
        Random random = new Random(19);
        int seen = 0;
        for (int round = 0; round < 300; round++) {
            List<ByteBuffer> messages = new ArrayList<>();
            messages.add(PgOutputBytes.begin(0x1000 + round * 0x100, AT, 771));
            boolean isFull = random.nextBoolean();
            int columns = 1 + random.nextInt(6);
            PgOutputBytes relation = message('R')
                    .int32(TABLE)
                    .string("public")
                    .string("things \"ü\"")
                    .int8(isFull ? 'f' : 'd')
                    .int16(columns);
            for (int i = 0; i < columns; i++) {
                relation.column(i == 0 || isFull, i == 0 ? "id" : "c" + i, TYPES[random.nextInt(TYPES.length)]);
            }
            messages.add(relation.buffer());
            if (random.nextInt(3) == 0) {
                messages.add(logical("nexus.annotate", "{\"actor\":{\"id\":7.10},\"why\":null}"));
            }
            for (int i = 0; i < 5; i++) {
                messages.add(change(random, isFull, columns));
            }
            messages.add(logical("nexus.publish", "{\"type\":\"a.b\",\"data\":{\"n\":1.10,\"x\":[{}]}}"));
            for (IncomingEvent event : events(assembler(random.nextInt(4) == 0 ? SMALL : 1 << 24), messages)) {
                if (new String(event.body().bytes(), StandardCharsets.UTF_8).contains("\"oversized\":true")) {
                    assertKnowsMore(event);
                } else {
                    ViewOfBody.assertSame(event);
                    ViewOfBody.assertSame(event.withId(event.id()));
                }
                assertThat(event.reduced().payload().data()).isInstanceOf(Value.Fields.class);
                seen++;
            }
        }
        assertThat(seen).isGreaterThan(1_700);
    }

    /** The columns were received, so a filter decides on them although the body leaves them out. */
    private static void assertKnowsMore(IncomingEvent event) {
        Value.Fields data = event.payload().data();
        assertThat(data.get("oversized")).isEqualTo(Value.TRUE);
        assertThat(data.names()).endsWith("unavailable", "oversized");
        Value.Fields row =
                (Value.Fields) (data.get("record") instanceof Value.Fields now ? now : data.get("old_record"));
        assertThat(row.get("id")).isNotIn(Value.MISSING);
        assertThat(row.names()).allSatisfy(name -> assertThat(row.get(name)).isNotEqualTo(Value.MISSING));
    }

    private static ByteBuffer change(Random random, boolean isFull, int columns) {
        Object[] now = row(random, columns);
        Object[] then = row(random, columns);
        return switch (random.nextInt(7)) {
            case 0 -> message('I').int32(TABLE).row('N', now).buffer();
            case 1, 2 ->
                message('U').int32(TABLE).row('N', untouched(random, now)).buffer();
            case 3 ->
                message('U')
                        .int32(TABLE)
                        .row(isFull ? 'O' : 'K', isFull ? then : key(then))
                        .row('N', untouched(random, now))
                        .buffer();
            case 4 ->
                message('U')
                        .int32(TABLE)
                        .row(isFull ? 'O' : 'K', isFull ? now : key(then))
                        .row('N', now)
                        .buffer();
            case 5 ->
                message('D')
                        .int32(TABLE)
                        .row(isFull ? 'O' : 'K', isFull ? then : key(then))
                        .buffer();
            default -> message('T').int32(1).int8(0).int32(TABLE).buffer();
        };
    }

    private static Object[] row(Random random, int columns) {
        Object[] row = new Object[columns];
        row[0] = "" + random.nextInt(9);
        for (int i = 1; i < columns; i++) {
            row[i] = switch (random.nextInt(9)) {
                case 0 -> NULL;
                case 1 -> new byte[] {'a', (byte) 0xff, 'b'};
                default -> TEXTS[random.nextInt(TEXTS.length)];
            };
        }
        return row;
    }

    private static Object[] untouched(Random random, Object[] row) {
        Object[] other = row.clone();
        for (int i = 1; i < other.length; i++) {
            other[i] = random.nextInt(4) == 0 ? UNCHANGED : other[i];
        }
        return other;
    }

    private static Object[] key(Object[] row) {
        Object[] key = row.clone();
        for (int i = 1; i < key.length; i++) {
            key[i] = NULL;
        }
        return key;
    }

    private static ByteBuffer logical(String prefix, String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        return message('M')
                .int8(1)
                .int64(0x99)
                .string(prefix)
                .int32(bytes.length)
                .raw(bytes)
                .buffer();
    }
}
