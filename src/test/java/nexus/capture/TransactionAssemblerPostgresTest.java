package nexus.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import nexus.event.IncomingEvent;
import nexus.event.Ordering;
import nexus.pgoutput.PgOutputDecoder;
import nexus.pgoutput.PgOutputMessage.Begin;
import nexus.pgoutput.PgOutputMessage.Commit;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransactionAssemblerPostgresTest {
    private static final String LONG_TEXT = "(SELECT string_agg(md5(i::text), '') FROM generate_series(1, 500) i)";

    private SlotReader source;

    @BeforeEach
    void openSlot() throws SQLException {
        source = new SlotReader();
    }

    @AfterEach
    void closeSlot() throws SQLException {
        source.close();
    }

    @Test
    void anUnchangedToastedColumnIsNamedAndNotNull() throws SQLException {
        source.execute(
                "CREATE TABLE doc (id int PRIMARY KEY, title text, body text)",
                "INSERT INTO doc VALUES (1, 'a', " + LONG_TEXT + ")",
                "UPDATE doc SET title = 'b'",
                "UPDATE doc SET id = 2",
                "DELETE FROM doc");
        List<String> data = source.data();
        assertThat(data.get(1))
                .endsWith("\"record\":{\"id\":1,\"title\":\"b\"},\"old_record\":null,\"changed\":null,"
                        + "\"unavailable\":[\"body\"]}");
        assertThat(data.get(2))
                .endsWith("\"record\":{\"id\":2,\"title\":\"b\"},\"old_record\":{\"id\":1},\"changed\":null,"
                        + "\"unavailable\":[\"body\"]}");
        assertThat(data.get(3))
                .endsWith("\"record\":null,\"old_record\":{\"id\":2},\"changed\":null,\"unavailable\":[]}");
    }

    @Test
    void underFullTheToastedColumnComesFromTheOldRow() throws SQLException {
        source.execute(
                "CREATE TABLE doc (id int PRIMARY KEY, title text, body text)",
                "ALTER TABLE doc REPLICA IDENTITY FULL",
                "INSERT INTO doc VALUES (1, NULL, " + LONG_TEXT + ")",
                "UPDATE doc SET title = 'b'");
        String whole = source.one("SELECT to_json(d)::text FROM doc d");
        List<IncomingEvent> events = source.events();
        assertThat(SlotReader.data(events.getLast()))
                .isEqualTo("{\"type\":\"UPDATE\",\"schema\":\"public\",\"table\":\"doc\",\"record\":" + whole
                        + ",\"old_record\":" + whole.replace("\"title\":\"b\"", "\"title\":null")
                        + ",\"changed\":[\"title\"],\"unavailable\":[]}");
        assertThat(events.getLast().ordering()).isEqualTo(events.getFirst().ordering());
    }

    @Test
    void aTableWithoutKeyUnderFullIsOneKey() throws SQLException {
        source.execute(
                "CREATE TABLE note (body text)",
                "ALTER TABLE note REPLICA IDENTITY FULL",
                "INSERT INTO note VALUES ('a')",
                "UPDATE note SET body = 'b'",
                "TRUNCATE note");
        assertThat(source.events().stream().map(IncomingEvent::ordering).distinct())
                .hasSize(1)
                .first()
                .isInstanceOf(Ordering.Key.class);
    }

    @Test
    void anIdentityIndexIsTheKeyEvenBesideAPrimaryKey() throws SQLException {
        source.execute(
                "CREATE TABLE person (id int PRIMARY KEY, email text NOT NULL UNIQUE)",
                "ALTER TABLE person REPLICA IDENTITY USING INDEX person_email_key",
                "INSERT INTO person VALUES (1, 'a@b')",
                "UPDATE person SET id = 2",
                "DELETE FROM person");
        List<IncomingEvent> events = source.events();
        assertThat(events.stream().map(IncomingEvent::ordering).distinct()).hasSize(1);
        assertThat(SlotReader.data(events.getLast())).contains("\"old_record\":{\"email\":\"a@b\"}");
    }

    @Test
    void aPartitionOfAPartitionIsItsRoots() throws SQLException {
        source.execute(
                "CREATE SCHEMA parts",
                "CREATE TABLE sale (region text, day date, n int, PRIMARY KEY (region, day)) PARTITION BY LIST (region)",
                "CREATE TABLE parts.eu PARTITION OF sale FOR VALUES IN ('eu') PARTITION BY RANGE (day)",
                "CREATE TABLE parts.\"eu.2026\" PARTITION OF parts.eu FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
                "CREATE TABLE parts.eu_2027 PARTITION OF parts.eu FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')",
                "INSERT INTO sale VALUES ('eu', '2026-05-01', 1)",
                "UPDATE sale SET day = '2027-05-01'",
                "TRUNCATE sale");
        List<IncomingEvent> events = source.events();
        assertThat(events)
                .extracting(event -> event.type().value())
                .containsExactly(
                        "pg.public.sale.insert",
                        "pg.public.sale.delete",
                        "pg.public.sale.insert",
                        "pg.public.sale.truncate",
                        "pg.public.sale.truncate");
        assertThat(events.get(1).ordering()).isEqualTo(events.get(0).ordering());
        assertThat(SlotReader.body(events.get(0)))
                .contains("\"schema\":\"public\",\"table\":\"sale\"")
                .endsWith(",\"partition\":\"parts.eu.2026\"}}}");
        assertThat(events.stream().map(IncomingEvent::id).distinct()).hasSize(5);
    }

    @Test
    void aChangeFromBeforeARenameKeepsTheNameOfItsTime() throws SQLException {
        source.execute(
                "CREATE TABLE bill (id int PRIMARY KEY)",
                "INSERT INTO bill VALUES (1)",
                "ALTER TABLE bill RENAME TO bill_old",
                "INSERT INTO bill_old VALUES (2)",
                "CREATE SCHEMA attic",
                "ALTER TABLE bill_old SET SCHEMA attic");
        List<IncomingEvent> events = source.events();
        assertThat(events)
                .extracting(event -> event.type().value())
                .containsExactly("pg.public.bill.insert", "pg.public.bill_old.insert");
        assertThat(SlotReader.body(events.getFirst())).doesNotContain("partition");
    }

    @Test
    void whatIsNotPublishedIsNamed() throws SQLException {
        String virtual = TestPostgres.version() >= 18 ? "VIRTUAL" : "STORED";
        source.execute(
                "CREATE TABLE calc (id int PRIMARY KEY, stored int GENERATED ALWAYS AS (id * 2) STORED,"
                        + " virtual int GENERATED ALWAYS AS (id * 3) " + virtual + ", plain text)",
                "INSERT INTO calc (id) VALUES (1)",
                "UPDATE calc SET plain = 'x'");
        assertThat(source.data()).allSatisfy(data -> assertThat(data)
                .contains("\"record\":{\"id\":1,\"plain\":")
                .endsWith("\"unavailable\":[\"stored\",\"virtual\"]}"));
    }

    @Test
    void aColumnListHidesColumnsByName() throws SQLException {
        assumeTrue(TestPostgres.version() >= 15, "column lists came with PostgreSQL 15");
        try (SlotReader partly = new SlotReader("partly")) {
            partly.execute(
                    "DROP PUBLICATION everything",
                    "CREATE TABLE person (id int PRIMARY KEY, name text, secret text)",
                    "CREATE PUBLICATION partly FOR TABLE person (id, name)",
                    "INSERT INTO person VALUES (1, 'a', 'b')");
            assertThat(partly.data())
                    .containsExactly("{\"type\":\"INSERT\",\"schema\":\"public\",\"table\":\"person\","
                            + "\"record\":{\"id\":1,\"name\":\"a\"},\"old_record\":null,\"changed\":null,"
                            + "\"unavailable\":[\"secret\"]}");
        }
    }

    @Test
    void aTableThatChangesItsShapeIsReadByTheMessageOfEachTime() throws SQLException {
        source.execute(
                "CREATE TABLE shape (id int PRIMARY KEY, a text)",
                "INSERT INTO shape VALUES (1, 'x')",
                "ALTER TABLE shape ADD COLUMN b int DEFAULT 7",
                "INSERT INTO shape VALUES (2, 'y', 8)",
                "ALTER TABLE shape DROP COLUMN a",
                "INSERT INTO shape VALUES (3, 9)",
                "ALTER TABLE shape RENAME COLUMN b TO c",
                "INSERT INTO shape VALUES (4, 10)");
        assertThat(source.events().stream().map(SlotReader::record).map(Optional::orElseThrow))
                .containsExactly(
                        "{\"id\":1,\"a\":\"x\"}",
                        "{\"id\":2,\"a\":\"y\",\"b\":8}",
                        "{\"id\":3,\"b\":9}",
                        "{\"id\":4,\"c\":10}");
    }

    @Test
    void anotherPrimaryKeyMakesOneBarrier() throws SQLException {
        source.execute(
                "CREATE TABLE moved (id int PRIMARY KEY, code text NOT NULL)",
                "INSERT INTO moved VALUES (1, 'a')",
                "ALTER TABLE moved DROP CONSTRAINT moved_pkey, ADD PRIMARY KEY (code)",
                "INSERT INTO moved VALUES (2, 'b'), (3, 'c')");
        assertThat(source.events())
                .extracting(event -> event.ordering().getClass().getSimpleName())
                .containsExactly("Key", "Barrier", "Key");
    }

    @Test
    void aCompositeTypeThatGrowsIsAskedForAgain() throws SQLException {
        TransactionAssembler assembler = source.assembler();
        source.execute(
                "CREATE TYPE pair AS (a int)",
                "CREATE TABLE holder (id int PRIMARY KEY, p pair, ps pair[])",
                "INSERT INTO holder VALUES (1, ROW(1), ARRAY[ROW(2)::pair])");
        assertThat(source.events(assembler)).hasSize(1);
        source.execute(
                "ALTER TYPE pair ADD ATTRIBUTE b text",
                "INSERT INTO holder VALUES (2, ROW(1, 'x y'), ARRAY[ROW(2, NULL)::pair])");
        assertThat(source.events(assembler))
                .extracting(event -> SlotReader.record(event).orElseThrow())
                .containsExactly(source.one("SELECT to_json(h)::text FROM holder h WHERE id = 2"));
    }

    @Test
    void aTypeAndATableThatAreGoneLeaveTheirText() throws SQLException {
        source.execute(
                "CREATE TYPE mood AS ENUM ('sad')",
                "CREATE TABLE gone (id int PRIMARY KEY, m mood[])",
                "INSERT INTO gone VALUES (1, '{sad}')",
                "DROP TABLE gone",
                "DROP TYPE mood");
        assertThat(source.data())
                .containsExactly(
                        "{\"type\":\"INSERT\",\"schema\":\"public\",\"table\":\"gone\","
                                + "\"record\":{\"id\":1,\"m\":\"{sad}\"},\"old_record\":null,\"changed\":null,\"unavailable\":[]}");
    }

    @Test
    void ownTablesMakeNoEventsAndCount() throws SQLException {
        source.execute(
                "CREATE SCHEMA nexus",
                "CREATE TABLE nexus.owed (id int PRIMARY KEY)",
                "CREATE TABLE seen (id int PRIMARY KEY)",
                "BEGIN",
                "INSERT INTO nexus.owed VALUES (1), (2)",
                "SELECT pg_logical_emit_message(true, 'p', 'x')",
                "SELECT pg_logical_emit_message(false, 'p', 'x')",
                "INSERT INTO seen VALUES (1)",
                "TRUNCATE nexus.owed, seen",
                "COMMIT");
        assertThat(source.events())
                .extracting(SlotReader::body)
                .satisfiesExactly(
                        inserted -> assertThat(inserted).contains("\"ordinal\":4,"),
                        truncated -> assertThat(truncated).containsPattern("\"ordinal\":[56],"));
    }

    @Test
    void aTransactionReadTwiceMakesTheSameEventsAndResumesAnywhere() throws SQLException {
        source.execute("CREATE TABLE many (id int PRIMARY KEY, t text)");
        source.messages();
        source.execute("INSERT INTO many SELECT i, 'x' FROM generate_series(1, 50) i");
        List<byte[]> messages = source.messages();
        List<String> all = replay(messages, ResumePoint.START);
        assertThat(all).hasSize(50).isEqualTo(replay(messages, ResumePoint.START));
        Begin begin = (Begin) PgOutputDecoder.decode(ByteBuffer.wrap(messages.getFirst()));
        Commit commit = (Commit) PgOutputDecoder.decode(ByteBuffer.wrap(messages.getLast()));
        for (int ordinal : new int[] {0, 1, 25, 49, 50}) {
            ResumePoint.Open open = new ResumePoint.Open(begin.commitLsn(), ordinal);
            assertThat(replay(messages, new ResumePoint(begin.commitLsn(), Optional.of(open))))
                    .isEqualTo(all.subList(ordinal, 50));
        }
        assertThat(replay(messages, new ResumePoint(commit.endLsn(), Optional.empty())))
                .isEmpty();
    }

    private List<String> replay(List<byte[]> messages, ResumePoint resume) {
        TransactionAssembler assembler = source.assembler(resume);
        return messages.stream()
                .map(message -> assembler.accept(PgOutputDecoder.decode(ByteBuffer.wrap(message))))
                .filter(Progress.Within.class::isInstance)
                .flatMap(progress -> ((Progress.Within) progress).events().stream())
                .map(SlotReader::body)
                .toList();
    }

    @Test
    void aNameThatIsNoPlainWordIsEncodedInTheTypeAndKeptInTheData() throws SQLException {
        source.execute(
                "CREATE SCHEMA \"my.shop\"",
                "CREATE TABLE \"my.shop\".\"Größe \"\"x\"\"\" (\"a \"\"b\"\" \\ ü\" int PRIMARY KEY)",
                "INSERT INTO \"my.shop\".\"Größe \"\"x\"\"\" VALUES (1)");
        IncomingEvent event = source.events().getFirst();
        assertThat(event.type().value()).isEqualTo("pg.my%2Eshop.Gr%C3%B6%C3%9Fe%20%22x%22.insert");
        assertThat(SlotReader.data(event))
                .contains("\"schema\":\"my.shop\",\"table\":\"Größe \\\"x\\\"\",\"record\":{\"a \\\"b\\\" \\\\ ü\":1}");
    }

    @Test
    void aRowFilterMakesARowThatLeavesItADelete() throws SQLException {
        assumeTrue(TestPostgres.version() >= 15, "row filters came with PostgreSQL 15");
        try (SlotReader filtered = new SlotReader("filtered")) {
            filtered.execute(
                    "DROP PUBLICATION everything",
                    "CREATE TABLE person (id int PRIMARY KEY, age int)",
                    "ALTER TABLE person REPLICA IDENTITY FULL",
                    "CREATE PUBLICATION filtered FOR TABLE person WHERE (age >= 18)",
                    "INSERT INTO person VALUES (1, 17)",
                    "UPDATE person SET age = 18",
                    "UPDATE person SET age = 19",
                    "UPDATE person SET age = 3");
            assertThat(filtered.events())
                    .extracting(event -> event.type().value())
                    .containsExactly("pg.public.person.insert", "pg.public.person.update", "pg.public.person.delete");
        }
    }

    @Test
    void aTableThatIsDroppedAndMadeAgainIsReadAsItWasEachTime() throws SQLException {
        source.execute(
                "CREATE TABLE twice (id int PRIMARY KEY, a text)",
                "INSERT INTO twice VALUES (1, 'x')",
                "DROP TABLE twice",
                "CREATE TABLE twice (code text PRIMARY KEY, b numeric)",
                "INSERT INTO twice VALUES ('k', 1.50)",
                "BEGIN",
                "ALTER TABLE twice ADD COLUMN c int[]",
                "INSERT INTO twice VALUES ('l', 2, '{1,2}')",
                "ALTER TABLE twice RENAME TO thrice",
                "ALTER TABLE thrice ALTER COLUMN b TYPE text",
                "INSERT INTO thrice VALUES ('m', '3', NULL)",
                "COMMIT");
        List<IncomingEvent> events = source.events();
        assertThat(events.stream().map(SlotReader::record).map(Optional::orElseThrow))
                .containsExactly(
                        "{\"id\":1,\"a\":\"x\"}",
                        "{\"code\":\"k\",\"b\":1.50}",
                        "{\"code\":\"l\",\"b\":2,\"c\":[1,2]}",
                        "{\"code\":\"m\",\"b\":\"3\",\"c\":null}");
        assertThat(events.getLast().type().value()).isEqualTo("pg.public.thrice.insert");
    }

    @Test
    void underFullAnUnchangedToastedValueHasNotChangedAndOthersHave() throws SQLException {
        source.execute(
                "CREATE TABLE doc (id int PRIMARY KEY, a text, b text, n int)",
                "ALTER TABLE doc ALTER a SET STORAGE EXTERNAL, ALTER b SET STORAGE EXTERNAL, REPLICA IDENTITY FULL",
                "INSERT INTO doc VALUES (1, repeat('a', 9000), repeat('b', 9000), NULL)",
                "UPDATE doc SET b = repeat('c', 9000), n = 7",
                "UPDATE doc SET a = a, n = NULL",
                "UPDATE doc SET b = NULL",
                "UPDATE doc SET id = id");
        assertThat(source.data())
                .extracting(data -> data.replaceAll("(?s).*\"changed\":", ""))
                .containsExactly(
                        "null,\"unavailable\":[]}",
                        "[\"b\",\"n\"],\"unavailable\":[]}",
                        "[\"n\"],\"unavailable\":[]}",
                        "[\"b\"],\"unavailable\":[]}",
                        "[],\"unavailable\":[]}");
    }

    @Test
    void aLargeKeyThatAnUpdateLeavesAloneIsNotLost() throws SQLException {
        source.execute(
                "CREATE TABLE doc (k text NOT NULL, n int)",
                "ALTER TABLE doc ALTER k SET STORAGE EXTERNAL",
                "CREATE UNIQUE INDEX doc_k ON doc (k)",
                "ALTER TABLE doc REPLICA IDENTITY USING INDEX doc_k",
                "INSERT INTO doc VALUES (repeat('k', 2500), 1)",
                "UPDATE doc SET n = 2");
        List<IncomingEvent> events = source.events();
        assertThat(SlotReader.data(events.getLast()))
                .contains("\"record\":{\"k\":\"" + "k".repeat(2500) + "\",\"n\":2}")
                .endsWith("\"unavailable\":[]}");
        assertThat(events.getLast().ordering()).isEqualTo(events.getFirst().ordering());
    }

    @Test
    void aTableWithoutColumnsHasEmptyRows() throws SQLException {
        source.execute("CREATE TABLE bare ()", "INSERT INTO bare DEFAULT VALUES");
        assertThat(source.data()).first().asString().contains("\"record\":{},");
    }

    @Test
    void typesMadeOfUserTypesAreWhatToJsonMakesOfThem() throws SQLException {
        source.execute(
                "CREATE EXTENSION citext",
                "CREATE EXTENSION hstore",
                "CREATE TYPE mood AS ENUM ('sad', 'so \"so\"')",
                "CREATE DOMAIN small AS int CHECK (VALUE < 100)",
                "CREATE DOMAIN tiny AS small CHECK (VALUE < 10)",
                "CREATE TYPE pair AS (m mood, \"the n\" tiny, at timestamptz, ms mood[])",
                "CREATE DOMAIN pairs AS pair[]",
                "CREATE TYPE tinyrange AS RANGE (subtype = numeric)",
                "CREATE DOMAIN store AS hstore",
                "CREATE TABLE zoo (id int PRIMARY KEY, m mood, t tiny, ts tiny[], p pair, ps pairs, r tinyrange,"
                        + " rs tinyrange[], c citext, cs citext[], h hstore, hs hstore[], s store, q \"char\", b bit varying)",
                "INSERT INTO zoo VALUES (1, 'so \"so\"', 7, '{1,NULL}',"
                        + " ROW('sad', 3, '2026-01-31 12:00:00.5+00', '{sad,\"so \\\"so\\\"\"}'),"
                        + " ARRAY[ROW('so \"so\"', NULL, NULL, NULL)::pair, NULL],"
                        + " '[1.50,2)', ARRAY['(,3]'::tinyrange], 'Ünï', '{a,\"b c\"}',"
                        + " 'a=>\"1\", \"b \"=>NULL', ARRAY['x=>y'::hstore], 'k=>v', 'z', B'0101')",
                "INSERT INTO zoo (id) VALUES (2)");
        List<String> expected = source.rows("SELECT to_json(z)::text FROM zoo z ORDER BY id");
        assertThat(source.events().stream().map(SlotReader::record).map(Optional::orElseThrow))
                .containsExactlyElementsOf(expected);
    }

    @Test
    void aPartitionThatIsGoneBeforeItsChangesAreReadIsStillOfItsRootWhereItWasSeenBefore() throws SQLException {
        TransactionAssembler assembler = source.assembler();
        source.execute(
                "CREATE TABLE sale (id int, day int, PRIMARY KEY (id, day)) PARTITION BY LIST (day)",
                "CREATE TABLE sale_1 PARTITION OF sale FOR VALUES IN (1)",
                "INSERT INTO sale VALUES (1, 1)");
        source.events(assembler);
        source.execute(
                "ALTER TABLE sale ADD COLUMN note text", "INSERT INTO sale VALUES (2, 1, 'x')", "DROP TABLE sale_1");
        assertThat(source.events(assembler))
                .extracting(event -> event.type().value())
                .containsExactly("pg.public.sale.insert");
    }

    /** How a partition may be gone when its changes are read; after them its name may be another table's. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER TABLE sale DETACH PARTITION sale_1",
                "DROP TABLE sale_1",
                "DROP TABLE sale",
                "DROP TABLE sale; CREATE TABLE sale (code text PRIMARY KEY); CREATE TABLE sale_1 (code text PRIMARY KEY)",
                "ALTER TABLE sale DETACH PARTITION sale_1; ALTER TABLE sale_1 RENAME TO other; GRANT SELECT ON other TO PUBLIC",
                "ALTER TABLE sale DETACH PARTITION sale_1; ALTER TABLE elsewhere ATTACH PARTITION sale_1 FOR VALUES IN (1)",
                "ALTER TABLE sale DETACH PARTITION sale_1; ALTER PUBLICATION by_name ADD TABLE sale_1; ALTER TABLE sale_1 ADD n int",
                "BEGIN; ALTER TABLE sale DETACH PARTITION sale_1; DROP TABLE sale_1; COMMIT"
            })
    void aChangeOfAPartitionThatIsGoneIsStillOfItsRoot(String end) throws SQLException {
        for (String publication : List.of("everything", "by_name")) {
            try (SlotReader reader = new SlotReader(publication)) {
                reader.execute(
                        "CREATE TABLE sale (id int, day int, PRIMARY KEY (id, day)) PARTITION BY LIST (day)",
                        "CREATE TABLE elsewhere (id int, day int, PRIMARY KEY (id, day)) PARTITION BY LIST (day)",
                        "CREATE TABLE sale_1 PARTITION OF sale FOR VALUES IN (1)",
                        "CREATE PUBLICATION by_name FOR TABLE ONLY sale, elsewhere");
                reader.readCatalog();
                reader.execute("INSERT INTO sale VALUES (1, 1), (2, 1)", "UPDATE sale SET id = 3 WHERE id = 2");
                for (String statement : end.split("; ", -1)) {
                    reader.execute(statement);
                }
                assertThat(reader.events())
                        .as(publication)
                        .extracting(event -> event.type().value())
                        .containsExactly("pg.public.sale.insert", "pg.public.sale.insert", "pg.public.sale.update");
                assertThat(reader.unknownRoots()).isEmpty();
            }
        }
    }

    @Test
    void aPartitionThatNobodySawIsTheOnlyFittingTablesOrTold() throws SQLException {
        List<String> tables = List.of(
                "CREATE TABLE sale (id int, day int, PRIMARY KEY (id, day)) PARTITION BY LIST (day)",
                "CREATE TABLE visit (at int, page int, PRIMARY KEY (at, page)) PARTITION BY LIST (page)",
                "CREATE PUBLICATION by_name FOR TABLE ONLY sale, visit");
        List<String> shortLived = List.of(
                "CREATE TABLE sale_1 PARTITION OF sale FOR VALUES IN (1)",
                "INSERT INTO sale VALUES (1, 1)",
                "ALTER TABLE sale DETACH PARTITION sale_1",
                "DROP TABLE sale_1");
        try (SlotReader reader = new SlotReader("by_name")) {
            reader.execute(tables.toArray(String[]::new));
            reader.readCatalog();
            reader.execute(shortLived.toArray(String[]::new));
            assertThat(reader.events())
                    .extracting(event -> event.type().value())
                    .containsExactly("pg.public.sale.insert");
            assertThat(reader.unknownRoots()).isEmpty();
        }
        try (SlotReader reader = new SlotReader("everything")) {
            reader.execute(tables.toArray(String[]::new));
            reader.readCatalog();
            reader.execute(shortLived.toArray(String[]::new));
            assertThat(reader.events()).hasSize(1);
            assertThat(reader.unknownRoots()).containsExactly("sale_1 of [public.sale]");
        }
    }

    /** Between writing and reading the type becomes another. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER TYPE pair RENAME ATTRIBUTE b TO c",
                "ALTER TYPE pair ADD ATTRIBUTE c int",
                "ALTER TYPE pair DROP ATTRIBUTE b",
                "ALTER TYPE pair DROP ATTRIBUTE b, ADD ATTRIBUTE b json",
                "ALTER TYPE mood ADD VALUE 'glad'; ALTER TYPE mood RENAME VALUE 'sad' TO 'sorry'",
                "ALTER DOMAIN small RENAME TO smaller",
                "ALTER TYPE pair RENAME TO couple",
                "DROP TABLE holder; DROP TYPE pair; DROP TYPE mood; DROP DOMAIN small",
                "DROP TABLE holder; DROP TYPE pair; CREATE TYPE pair AS (z text)"
            })
    void aValueHasTheShapeThatItsTypeHadWhenItWasWritten(String change) throws SQLException {
        source.execute(
                "CREATE TYPE mood AS ENUM ('sad')",
                "CREATE DOMAIN small AS int",
                "CREATE TYPE pair AS (a small, b text)",
                "CREATE TABLE holder (id int PRIMARY KEY, p pair, ps pair[], m mood, s small)");
        source.readCatalog();
        source.execute("INSERT INTO holder VALUES (1, ROW(1, 'x y'), ARRAY[ROW(2, NULL)::pair], 'sad', 7)");
        String expected = source.one("SELECT to_json(h)::text FROM holder h");
        for (String statement : change.split("; ", -1)) {
            source.execute(statement);
        }
        List<String> records = source.events().stream()
                .map(event -> SlotReader.record(event).orElseThrow())
                .toList();
        assertThat(records).containsExactly(expected);
    }

    @Test
    void namesAreThoseOfTheTimeOfTheChangeAlsoWhereNoMessageTells() throws SQLException {
        source.execute(
                "CREATE SCHEMA shop",
                "CREATE TABLE shop.bill (id int PRIMARY KEY)",
                "CREATE TABLE shop.sale (id int PRIMARY KEY) PARTITION BY RANGE (id)",
                "CREATE TABLE public.sale_1 PARTITION OF shop.sale FOR VALUES FROM (0) TO (100)");
        try (LiveSlot live = new LiveSlot(source.url(), "everything", source.source())) {
            source.execute("INSERT INTO shop.bill VALUES (1)", "INSERT INTO shop.sale VALUES (1)");
            assertThat(live.events())
                    .extracting(event -> event.type().value())
                    .containsExactly("pg.shop.bill.insert", "pg.shop.sale.insert");
            source.execute(
                    "INSERT INTO shop.bill VALUES (2)",
                    "ALTER SCHEMA shop RENAME TO store",
                    "INSERT INTO store.bill VALUES (3)",
                    "INSERT INTO store.sale VALUES (3)");
            assertThat(live.events())
                    .extracting(event -> event.type().value())
                    .containsExactly("pg.shop.bill.insert", "pg.store.bill.insert", "pg.store.sale.insert");
            source.execute(
                    "INSERT INTO store.sale VALUES (4)",
                    "ALTER TABLE store.sale RENAME TO sold",
                    "INSERT INTO store.sold VALUES (5)");
            assertThat(live.events())
                    .extracting(event -> event.type().value())
                    .containsExactly("pg.store.sale.insert", "pg.store.sold.insert");
        }
    }
}
