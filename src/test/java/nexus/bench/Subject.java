package nexus.bench;

import java.io.IOException;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nexus.store.PostgresUrl;

/**
 * What is measured, and what with.
 *
 * @param receiverBase where Nexus reaches the receiver
 * @param token keeps this run's event types and table apart from everything else there is
 * @param source none: row changes can't be made
 * @param inside none: Nexus was started by somebody else
 */
record Subject(
        NexusApi api,
        CountingReceiver receiver,
        Ledger ledger,
        URI receiverBase,
        String token,
        Optional<PostgresUrl> source,
        Optional<Inside> inside) {
    private static final int PUBLISHERS = 4;

    Load load() {
        return new Load(ledger);
    }

    String table() {
        return "nexus_bench_" + token;
    }

    String type(String name) {
        return "bench." + token + "." + name;
    }

    URI endpoint(String path) {
        return receiverBase.resolve(path);
    }

    /** Makes the table and subscribes to it. */
    void followRows() throws IOException, InterruptedException, SQLException {
        if (source.isPresent()) {
            try (Connection connection = Sql.connect(source.get())) {
                RowWriter.createTable(connection, table());
            }
            api.subscribe(endpoint("/count"), "pg.public." + table() + ".*", "");
        }
    }

    void followPublished() throws IOException, InterruptedException {
        api.subscribe(endpoint("/count"), type("order"), "");
    }

    void dropTable() throws SQLException {
        if (source.isPresent()) {
            try (Connection connection = Sql.connect(source.get())) {
                RowWriter.dropTable(connection, table());
            }
        }
    }

    /** One: the order of commits of one connection is known. */
    List<RowWriter> rowWriters() throws SQLException {
        return source.isEmpty() ? List.of() : List.of(new RowWriter(ledger, Sql.connect(source.get()), table()));
    }

    List<EventPublisher> publishers() {
        List<EventPublisher> publishers = new ArrayList<>();
        for (int i = 0; i < PUBLISHERS; i++) {
            publishers.add(new EventPublisher(ledger, api::publish, type("order"), i));
        }
        return publishers;
    }
}
