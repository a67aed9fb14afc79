package nexus.backfill;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import nexus.backfill.table.SourceRows;
import nexus.replication.publication.PublicationPlan.Kind;
import nexus.replication.publication.Publications;
import nexus.replication.source.SourceConfig;
import nexus.replication.source.SourceConnections;

/** Opens connections for reading rows of the source database. */
@Singleton
public class SourceReading {
    /** Rows up to this size are read whatever {@code EVENT_MAX_BYTES} is, as in the stream. */
    private static final long SHORTEST_LIMIT = 1 << 20;

    private static final long CHUNK_BYTES = 4 << 20;

    private final SourceConfig config;
    private final SourceConnections connections;

    @Inject
    public SourceReading(SourceConfig config, SourceConnections connections) {
        this.config = config;
        this.connections = connections;
    }

    SourceRows open() throws SQLException {
        Publications publications = new Publications(config.publication());
        return new SourceRows(
                connections.openForRows(),
                publications.name(Kind.CHANGES),
                publications.name(Kind.INSERTS),
                Math.max(2L * config.eventMaxBytes(), SHORTEST_LIMIT),
                Math.min(CHUNK_BYTES, config.batchMaxBytes() / 2));
    }
}
