package nexus.capture;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import nexus.capture.catalog.CatalogMemory;
import nexus.capture.catalog.CatalogSource;
import nexus.capture.catalog.JdbcCatalogSource;
import nexus.capture.message.RefusedMessages;
import nexus.event.IncomingEvent;
import nexus.pgoutput.PgOutputDecoder;
import nexus.pgoutput.PgOutputMessage;
import nexus.testkit.TestPostgres;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.replication.PGReplicationStream;

/** One connection's stream of a slot of its own: the server describes a table again only when it has changed. */
public final class LiveSlot implements AutoCloseable {
    private final String url;
    private final String slot;
    private final Connection replication;
    private final Connection catalog;
    private final PGReplicationStream stream;
    private final TransactionAssembler assembler;
    private final CatalogMemory memory = new CatalogMemory(Clock.systemUTC());
    private int marks;

    public LiveSlot(String url, String publications, SourceIdentity source) throws SQLException {
        this.url = url;
        this.slot = "live_" + url.substring(url.lastIndexOf('/') + 1);
        TestPostgres.query(url, "SELECT pg_create_logical_replication_slot('" + slot + "', 'pgoutput')");
        Properties properties = new Properties();
        PGProperty.USER.set(properties, "postgres");
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "10");
        this.replication = DriverManager.getConnection("jdbc:" + url.replace("postgres@", ""), properties);
        try (Statement statement = replication.createStatement()) {
            statement.execute("SET TimeZone = 'UTC'");
        }
        this.catalog = TestPostgres.connect(url);
        this.stream = replication
                .unwrap(PGConnection.class)
                .getReplicationAPI()
                .replicationStream()
                .logical()
                .withSlotName(slot)
                .withSlotOption("proto_version", 1)
                .withSlotOption("publication_names", publications)
                .withSlotOption("messages", true)
                .withStatusInterval(10, TimeUnit.SECONDS)
                .withAutomaticFlush(false)
                .start();
        this.assembler = new TransactionAssembler(
                source,
                new RememberedCatalog(
                        source(catalog, publications),
                        memory,
                        () -> {},
                        (relation, candidates, at) -> {},
                        RememberedCatalog.Pace.EACH_TRANSACTION),
                ResumePoint.START,
                1 << 24,
                new RefusedMessages(new SimpleMeterRegistry()),
                new UndecodedChanges(new SimpleMeterRegistry(), (_, _) -> {}));
    }

    private static CatalogSource source(Connection connection, String publications) {
        String[] names = publications.split(",", -1);
        return new JdbcCatalogSource(connection, names[0], names[names.length - 1]);
    }

    /** The events of everything committed so far. */
    public List<IncomingEvent> events() throws SQLException {
        String mark = "mark " + ++marks;
        TestPostgres.execute(
                url, "SET synchronous_commit = on", "SELECT pg_logical_emit_message(true, 'test', '" + mark + "')");
        List<IncomingEvent> events = new ArrayList<>();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        boolean isMarked = false;
        while (true) {
            ByteBuffer bytes = stream.readPending();
            if (bytes == null) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("the mark did not come");
                }
                LockSupport.parkNanos(200_000);
                continue;
            }
            PgOutputMessage message = PgOutputDecoder.decode(bytes);
            if (assembler.accept(message) instanceof Progress.Within within) {
                events.addAll(within.events());
            }
            if (message instanceof PgOutputMessage.LogicalMessage logical) {
                isMarked = StandardCharsets.UTF_8
                        .decode(logical.content().duplicate())
                        .toString()
                        .equals(mark);
            } else if (isMarked && message instanceof PgOutputMessage.Commit) {
                return events;
            }
        }
    }

    @Override
    public void close() throws SQLException {
        replication.close();
        catalog.close();
        nexus.testkit.Eventually.eventually(
                "the slot is free",
                () -> TestPostgres.query(
                                        url,
                                        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active"
                                                + " AND slot_name = '" + slot + "'")
                                .size()
                        == 1);
    }
}
