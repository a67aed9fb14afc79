package nexus.bench.subject;

import java.io.IOException;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nexus.bench.receiver.CountingReceiver;
import nexus.bench.receiver.Ledger;
import nexus.store.PostgresUrl;

/**
 * What is measured, and what with.
 *
 * @param receiverBase where Nexus reaches the receiver
 * @param token keeps this run's event types and tables apart from everything else there is
 * @param source none: row changes can't be made
 * @param inside none: Nexus was started by somebody else
 */
public record Subject(
        NexusApi api,
        CountingReceiver receiver,
        URI receiverBase,
        String token,
        Optional<PostgresUrl> source,
        Optional<Inside> inside) {
    private static final int PUBLISHERS = 4;
    private static final String LOOPBACK = "127.0.0.1";

    public Ledger ledger() {
        return receiver.receipts().ledger();
    }

    public Load load() {
        return new Load(ledger());
    }

    /** The address that receivers bind to, so that Nexus reaches them under this host. */
    public static String bindAddress(String receiverHost) {
        return receiverHost.equals(LOOPBACK) ? LOOPBACK : "0.0.0.0";
    }

    private String table(String name) {
        return "nexus_bench_" + token + "_" + name;
    }

    public String type(String name) {
        return "bench." + token + "." + name;
    }

    public URI endpoint(String path) {
        return receiverBase.resolve(path);
    }

    /**
     * Makes a table and subscribes to it.
     *
     * @param more further fields of the subscription, each behind a comma
     * @return the subscription; none without a source
     */
    public Optional<String> followRows(String name, URI endpoint, String more)
            throws IOException, InterruptedException, SQLException {
        if (source.isEmpty()) {
            return Optional.empty();
        }
        try (Connection connection = Sql.connect(source.get())) {
            RowWriter.createTable(connection, table(name));
        }
        return Optional.of(followTable(name, endpoint, more));
    }

    /** Subscribes to a table that was made. */
    public String followTable(String name, URI endpoint, String more) throws IOException, InterruptedException {
        return api.subscribe(endpoint, "pg.public." + table(name) + ".*", more);
    }

    /** @return the subscription */
    public String followPublished(String name, URI endpoint, String more) throws IOException, InterruptedException {
        return api.subscribe(endpoint, type(name), more);
    }

    public void dropTable(String name) throws SQLException {
        if (source.isPresent()) {
            try (Connection connection = Sql.connect(source.get())) {
                RowWriter.dropTable(connection, table(name));
            }
        }
    }

    /** One: the order of commits of one connection is known. */
    public List<RowWriter> rowWriters(String name) throws SQLException {
        return source.isEmpty() ? List.of() : List.of(new RowWriter(ledger(), Sql.connect(source.get()), table(name)));
    }

    public List<EventPublisher> publishers(String name) {
        List<EventPublisher> publishers = new ArrayList<>();
        for (int i = 0; i < PUBLISHERS; i++) {
            publishers.add(new EventPublisher(ledger(), api::publish, type(name), i));
        }
        return publishers;
    }
}
