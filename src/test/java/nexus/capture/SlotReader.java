package nexus.capture;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nexus.capture.catalog.CatalogMemory;
import nexus.capture.catalog.JdbcCatalogSource;
import nexus.capture.catalog.TableCatalog;
import nexus.capture.message.RefusedMessages;
import nexus.event.IncomingEvent;
import nexus.pgoutput.PgOutputDecoder;
import nexus.testkit.TestPostgres;

/** Reads a real logical slot of a fresh database as the walsender would: same bytes, without the streaming. */
public final class SlotReader implements AutoCloseable {
    private static final int EVENT_MAX_BYTES = 1 << 24;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final String url;
    private final Connection connection;
    private final String slot;
    private final SourceIdentity source =
            new SourceIdentity("default", "7312345678901234567", "shop", TestIdKey.ONE, _ -> 1);

    private final String publication;
    private final CatalogMemory memory = new CatalogMemory(Clock.systemUTC());
    private final List<String> unknownRoots = new ArrayList<>();

    public SlotReader() throws SQLException {
        this("everything");
    }

    /** @param publication made by the test, before the first change; {@code everything} exists */
    public SlotReader(String publication) throws SQLException {
        this(TestPostgres.freshDatabase(), publication);
    }

    /** @param url of a database of its own */
    public SlotReader(String url, String publication) throws SQLException {
        this.url = url;
        this.publication = publication;
        this.connection = TestPostgres.connect(url);
        this.slot = "slot_" + url.substring(url.lastIndexOf('/') + 1);
        execute(
                "SET synchronous_commit = on", // a slot is read up to what is flushed
                "SET TimeZone = 'UTC'",
                "SET DateStyle = 'ISO'",
                "SET IntervalStyle = 'postgres'",
                "SET bytea_output = 'hex'",
                "SET extra_float_digits = 1",
                "CREATE PUBLICATION everything FOR ALL TABLES");
        execute("SELECT pg_create_logical_replication_slot('" + slot + "', 'pgoutput')");
    }

    public String url() {
        return url;
    }

    /** With the settings of a walsender's connection. */
    public Connection connection() {
        return connection;
    }

    public SourceIdentity source() {
        return source;
    }

    /** Everything committed so far is not read. */
    public void skip() throws SQLException {
        execute("SELECT pg_replication_slot_advance('" + slot + "', pg_current_wal_lsn())");
    }

    public void execute(String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    public String one(String sql) throws SQLException {
        return rows(sql).getFirst();
    }

    public List<String> rows(String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                rows.add(result.getString(1));
            }
        }
        return rows;
    }

    public TransactionAssembler assembler() {
        return assembler(ResumePoint.START);
    }

    public TransactionAssembler assembler(ResumePoint resume) {
        return new TransactionAssembler(
                source,
                catalog(),
                resume,
                EVENT_MAX_BYTES,
                new RefusedMessages(meters),
                new UndecodedChanges(meters, (_, _) -> {}));
    }

    private TableCatalog catalog() {
        return new RememberedCatalog(
                new JdbcCatalogSource(connection, publication, publication),
                memory,
                () -> {},
                (relation, candidates, at) -> unknownRoots.add(relation.table() + " of " + candidates));
    }

    /** As Nexus does every few seconds. */
    public void readCatalog() {
        memory.readPublished(new JdbcCatalogSource(connection, publication, publication));
    }

    /** Of which tables it could not be said whether they were partitions. */
    public List<String> unknownRoots() {
        return unknownRoots;
    }

    /** The events of everything committed since the last call. */
    public List<IncomingEvent> events() throws SQLException {
        return events(assembler());
    }

    public List<IncomingEvent> events(TransactionAssembler assembler) throws SQLException {
        List<IncomingEvent> events = new ArrayList<>();
        for (byte[] message : messages()) {
            if (assembler.accept(PgOutputDecoder.decode(ByteBuffer.wrap(message))) instanceof Progress.Within within) {
                events.addAll(within.events());
            }
        }
        return events;
    }

    public List<byte[]> messages() throws SQLException {
        List<byte[]> messages = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT data FROM pg_logical_slot_get_binary_changes('" + slot
                        + "', NULL, NULL, 'proto_version', '1', 'publication_names', '" + publication
                        + "', 'messages', 'true')")) {
            while (result.next()) {
                messages.add(result.getBytes(1));
            }
        }
        return messages;
    }

    /** How many logical messages were refused so far. */
    public double refused() {
        return meters.counter("nexus.capture.messages.refused").count();
    }

    /** The bodies' {@code data}, as text. */
    public List<String> data() throws SQLException {
        return events().stream().map(SlotReader::data).toList();
    }

    public static String body(IncomingEvent event) {
        return new String(event.body().bytes(), StandardCharsets.UTF_8);
    }

    public static String data(IncomingEvent event) {
        return between(body(event), "\"payload\":{\"data\":", ",\"metadata\":{\"source\"");
    }

    /** The {@code record} of an insert. */
    public static Optional<String> record(IncomingEvent event) {
        String data = data(event);
        return data.startsWith("{\"type\":\"INSERT\"")
                ? Optional.of(between(data, ",\"record\":", ",\"old_record\":null,\"changed\":null,\"unavailable\":["))
                : Optional.empty();
    }

    private static String between(String text, String before, String behind) {
        return text.substring(text.indexOf(before) + before.length(), text.lastIndexOf(behind));
    }

    @Override
    public void close() throws SQLException {
        execute("SELECT pg_drop_replication_slot('" + slot + "')");
        connection.close();
    }
}
