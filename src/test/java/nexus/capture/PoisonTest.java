package nexus.capture;

import static nexus.testkit.PgOutputBytes.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import nexus.capture.catalog.CatalogTable;
import nexus.capture.catalog.CatalogType;
import nexus.capture.catalog.CatalogUnavailableException;
import nexus.capture.catalog.TableCatalog;
import nexus.capture.json.JsonScanTest;
import nexus.capture.message.RefusedMessages;
import nexus.event.IncomingEvent;
import nexus.pgoutput.PgOutputDecoder;
import nexus.pgoutput.PgOutputMessage.Begin;
import nexus.pgoutput.PgOutputMessage.Relation;
import nexus.testkit.PgOutputBytes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One change that can't be decoded is sent in the most faithful form possible, and those behind it as always. */
class PoisonTest {
    private static final Instant AT = Instant.parse("2026-01-31T18:20:43.400123Z");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int GOOD = 20000;
    private static final int BAD = 20001;
    private static final int INT4 = 23;
    private static final int TEXT = 25;
    private static final int JSON_TYPE = 114;
    private static final int TIMESTAMP = 1114;
    private static final int BOOLEAN = 16;
    private static final int ODD = 30000;
    private static final byte[] FF = {'a', (byte) 0xff};

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<String> told = new ArrayList<>();
    private final OddCatalog catalog = new OddCatalog();
    private final TransactionAssembler assembler = new TransactionAssembler(
            new SourceIdentity("default", "7312345678901234567", "shop", TestIdKey.ONE, _ -> 1),
            catalog,
            ResumePoint.START,
            1 << 16,
            new RefusedMessages(meters),
            new UndecodedChanges(meters, (table, reason) -> told.add(table + " " + reason)));

    /** Answers as a test says; what it says nothing of is gone. */
    private static final class OddCatalog implements TableCatalog {
        private final Map<Integer, CatalogType> types = new HashMap<>();
        private @Nullable RuntimeException typeFails;
        private int questions;
        private int reads;

        @Override
        public boolean begin(Begin begin) {
            return false;
        }

        @Override
        public void described(Relation relation) {
            // it says the same always
        }

        @Override
        public void readAgain(int oid) {
            reads++;
        }

        @Override
        public void used(int oid) {
            // nothing is kept
        }

        @Override
        public Optional<CatalogTable> table(int oid) {
            return Optional.of(
                    new CatalogTable(Optional.empty(), Optional.empty(), List.of("id"), Set.of(), Set.of(), true));
        }

        @Override
        public Optional<CatalogType> type(int oid) {
            questions++;
            if (typeFails != null) {
                throw typeFails;
            }
            return Optional.ofNullable(types.get(oid));
        }
    }

    /** What the catalog says, and what the row brings. */
    private record Poison(String name, Consumer<OddCatalog> catalog, int type, Object value, String json, String why) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Poison poison(String name, int type, Object value, String json, String why) {
        return new Poison(name, catalog -> {}, type, value, json, why);
    }

    private static Poison odd(String name, CatalogType type, Object value, String json, String why) {
        return new Poison(
                name,
                catalog -> {
                    catalog.types.put(ODD, type);
                },
                ODD,
                value,
                json,
                why);
    }

    private static CatalogType composite(int... attributeTypes) {
        List<CatalogType.Attribute> attributes = new ArrayList<>();
        for (int type : attributeTypes) {
            attributes.add(new CatalogType.Attribute("a" + attributes.size(), type));
        }
        return new CatalogType.Composite(attributes);
    }

    private static Poison failing(String name, RuntimeException failure, String json, String why) {
        return new Poison(
                name,
                catalog -> {
                    catalog.typeFails = failure;
                },
                ODD,
                "(1)",
                json,
                why);
    }

    static Stream<Poison> poisons() {
        String misfit = "not what the catalog says of the type";
        String forged = "1}},\"type\":\"pg.public.orders.update\",\"x\":{\"y\":{\"z\":1";
        return Stream.of(
                poison("a number that is none", INT4, "0x1F", "\"0x1F\"", "not a number"),
                poison("a boolean that is none", BOOLEAN, "", "\"\"", "not a boolean"),
                poison("a time that is none", TIMESTAMP, "today \"", "\"today \\\"\"", "not a time"),
                poison(
                        "json that is none",
                        JSON_TYPE,
                        forged,
                        JSON.valueToTree(forged).toString(),
                        "not JSON"),
                poison(
                        "json with bytes",
                        JSON_TYPE,
                        new byte[] {'"', (byte) 0xff, '"'},
                        "\"\\\"\ufffd\\\"\"",
                        "not JSON"),
                poison(
                        "json of many levels",
                        JSON_TYPE,
                        "[".repeat(3000) + "]".repeat(3000),
                        '"' + "[".repeat(3000) + "]".repeat(3000) + '"',
                        "JSON of more than 500 levels"),
                poison("a text with bytes", TEXT, FF, "\"a\ufffd\"", "not UTF-8"),
                odd(
                        "text where json was promised",
                        composite(JSON_TYPE),
                        "(\"" + forged.replace("\"", "\"\"") + "\")",
                        JSON.valueToTree("(\"" + forged.replace("\"", "\"\"") + "\")")
                                .toString(),
                        misfit),
                odd("more attributes than known", composite(INT4), "(1,2)", "\"(1,2)\"", misfit),
                odd("no composite", composite(INT4), "x", "\"x\"", misfit),
                odd("an enum named hstore", new CatalogType.KeyValue(), "sad", "\"sad\"", misfit),
                odd(
                        "an hstore with a key twice",
                        new CatalogType.KeyValue(),
                        "\"a\"=>\"1\", \"a\"=>\"2\"",
                        "\"\\\"a\\\"=>\\\"1\\\", \\\"a\\\"=>\\\"2\\\"\"",
                        misfit),
                odd("no array of composites", new CatalogType.Array(ODD, ','), "{,}", "\"{,}\"", "not an array"),
                odd("a domain over itself", new CatalogType.Domain(ODD), "1", "\"1\"", "a type of more than 32 levels"),
                poison("a type that is gone", ODD, "(1)", "\"(1)\"", "a type that the catalog doesn't describe"),
                failing(
                        "an unexpected answer",
                        new IllegalStateException("odd"),
                        "\"(1)\"",
                        "the change could not be decoded"));
    }

    @ParameterizedTest
    @MethodSource("poisons")
    void theRowIsSentAsTextsWithAMarkAndThoseBehindItAsAlways(Poison poison) throws IOException {
        poison.catalog().accept(catalog);
        begin();
        good(GOOD);
        IncomingEvent before = insert(GOOD, "1", "a");
        table(BAD, poison.type(), "v");
        IncomingEvent bad = insert(BAD, "1", poison.value());
        IncomingEvent behind = insert(GOOD, "2", "b");

        JsonNode body = body(bad);
        assertThat(body.at("/payload/data/record/v").toString()).isEqualTo(poison.json());
        assertThat(body.at("/payload/metadata/undecoded/v").asText()).isEqualTo(poison.why());
        assertThat(body.at("/type").asText()).isEqualTo("pg.public.bad.insert");
        assertThat(body(before).at("/payload/metadata").has("undecoded")).isFalse();
        assertThat(body(behind).at("/payload/data/record").toString()).isEqualTo("{\"id\":2,\"v\":\"b\"}");
        assertThat(body(behind).at("/payload/metadata/ordinal").asInt()).isEqualTo(3);
        assertThat(bad.body().bytes()).isEqualTo(bad.body().bytes());
        assertThat(meters.counter("nexus.capture.undecoded").count()).isOne();
        assertThat(told).hasSize(1).first().asString().startsWith("public.bad ").contains(poison.why());
    }

    @Test
    void typesNestedFifteenHundredTimesCostFewQuestions() throws IOException {
        for (int i = 0; i < 1500; i++) {
            catalog.types.put(ODD + i, composite(ODD + i + 1, ODD + i + 1));
        }
        begin();
        table(BAD, ODD, "v");
        assertThat(catalog.questions).isLessThan(50);
        IncomingEvent bad = insert(BAD, "1", "(,\"(,\"\"(,)\"\")\")");
        assertThat(body(bad).at("/payload/data/record/v").toString())
                .isEqualTo("{\"a0\":null,\"a1\":{\"a0\":null,\"a1\":{\"a0\":null,\"a1\":null}}}");
        assertThat(body(bad).at("/payload/metadata").has("undecoded")).isFalse();
    }

    @Test
    void aSourceThatIsAwayIsWaitedFor() {
        catalog.typeFails = new CatalogUnavailableException(new SQLException("gone", "08006"));
        begin();
        assertThatThrownBy(() -> table(BAD, ODD, "v")).isInstanceOf(CatalogUnavailableException.class);
    }

    @Test
    void aMisfitAsksTheCatalogOnceAndNotForEachRow() {
        catalog.types.put(ODD, composite(INT4));
        begin();
        table(BAD, ODD, "v");
        insert(BAD, "1", "(x)");
        int reads = catalog.reads;
        assertThat(reads).isOne();
        for (int i = 0; i < 100; i++) {
            insert(BAD, "1", "(x)");
        }
        assertThat(catalog.reads).isEqualTo(reads);
    }

    @Test
    void columnsWhoseNamesReadTheSameAreTwoMembers() throws IOException {
        begin();
        accept(message('R')
                .int32(BAD)
                .string("public")
                .string("bad")
                .int8('d')
                .int16(3)
                .column(true, "id", INT4)
                .int8(0)
                .raw(FF)
                .int8(0)
                .int32(TEXT)
                .int32(-1)
                .int8(0)
                .raw(new byte[] {'a', (byte) 0xfe})
                .int8(0)
                .int32(TEXT)
                .int32(-1)
                .buffer());
        assertThat(body(insert(BAD, "1", "x", "y")).at("/payload/data/record").toString())
                .isEqualTo("{\"id\":1,\"a\ufffd\":\"x\",\"a\ufffd#2\":\"y\"}");
    }

    @Test
    void namesOfBytesMakeATypeThatFits() {
        begin();
        byte[] name = new byte[63];
        Arrays.fill(name, (byte) 0xff);
        accept(message('R')
                .int32(BAD)
                .raw(name)
                .int8(0)
                .raw(name)
                .int8(0)
                .int8('d')
                .int16(1)
                .column(true, "id", INT4)
                .buffer());
        assertThat(insert(BAD, "1").type().value()).startsWith("pg.%EF%BF%BD").endsWith(".insert");
    }

    static Stream<Arguments> commitTimes() {
        return Stream.of(
                Arguments.of(Long.MAX_VALUE, "9999-12-31T23:59:59.999Z"),
                Arguments.of(Long.MIN_VALUE, "1970-01-01T00:00:00.000Z"));
    }

    @ParameterizedTest
    @MethodSource("commitTimes")
    void aCommitTimeOfInfinityIsStorable(long micros, String createdAt) throws IOException {
        accept(message('B').int64(0x100).int64(micros).int32(771).buffer());
        good(GOOD);
        assertThat(body(insert(GOOD, "1", "a")).at("/createdAt").asText()).isEqualTo(createdAt);
    }

    @Test
    void anOversizedRowWithUndecodableValuesIsItsKey() throws IOException {
        begin();
        good(GOOD);
        byte[] big = new byte[1 << 17];
        Arrays.fill(big, (byte) 0xff);
        assertThat(body(insert(GOOD, "x1", big)).at("/payload/data").toString())
                .isEqualTo("{\"type\":\"INSERT\",\"schema\":\"public\",\"table\":\"good\",\"record\":{\"id\":\"x1\"},"
                        + "\"old_record\":null,\"changed\":null,\"unavailable\":[\"v\"],\"oversized\":true}");
    }

    @Test
    void aRowThatWasShortenedWhileItWasReadIsItsKey() throws IOException {
        begin();
        accept(message('R')
                .int32(GOOD)
                .string("public")
                .string("good")
                .int8('f')
                .int16(3)
                .column(true, "id", INT4)
                .column(true, "v", TEXT)
                .column(true, "w", TEXT)
                .buffer());
        ByteBuffer update = message('U')
                .int32(GOOD)
                .row('O', "1", "a", "b")
                .int8('N')
                .int16(3)
                .int8('t')
                .int32(1)
                .int8('1')
                .int8('x')
                .int8('u')
                .buffer();
        IncomingEvent event = ((Progress.Within) accept(update)).events().getFirst();
        assertThat(body(event).at("/payload/data").toString())
                .isEqualTo(
                        "{\"type\":\"UPDATE\",\"schema\":\"public\",\"table\":\"good\",\"record\":{\"id\":1},"
                                + "\"old_record\":{\"id\":1},\"changed\":null,\"unavailable\":[\"v\",\"w\"],\"oversized\":true}");
    }

    private void begin() {
        accept(PgOutputBytes.begin(0x100, AT, 771));
    }

    private void good(int oid) {
        table(oid, TEXT, "v");
    }

    private void table(int oid, int type, String column) {
        accept(message('R')
                .int32(oid)
                .string("public")
                .string(oid == GOOD ? "good" : "bad")
                .int8('d')
                .int16(2)
                .column(true, "id", INT4)
                .column(false, column, type)
                .buffer());
    }

    private Progress accept(ByteBuffer bytes) {
        return assembler.accept(PgOutputDecoder.decode(bytes));
    }

    private IncomingEvent insert(int oid, Object... values) {
        Progress progress = accept(message('I').int32(oid).row('N', values).buffer());
        return ((Progress.Within) progress).events().getFirst();
    }

    private static JsonNode body(IncomingEvent event) throws IOException {
        byte[] body = event.body().bytes();
        assertThat(JsonScanTest.strictlyParsed(body))
                .as(new String(body, StandardCharsets.UTF_8))
                .isTrue();
        return JSON.readTree(body);
    }
}
