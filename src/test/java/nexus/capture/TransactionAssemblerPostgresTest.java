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
}
