package nexus.replication.catalog;

import io.vertx.core.Future;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import nexus.capture.RememberedCatalog;
import nexus.capture.UnknownRoots;
import nexus.capture.catalog.CatalogMemory;
import nexus.capture.catalog.CatalogUnavailableException;
import nexus.capture.catalog.JdbcCatalogSource;
import nexus.replication.publication.PublicationPlan.Kind;
import nexus.replication.publication.Publications;
import nexus.replication.source.SourceConfig;
import nexus.replication.source.SourceWorker;
import nexus.replication.state.StoreReply;
import nexus.replication.state.StoreUnavailableException;
import nexus.replication.stream.WalStream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the descriptions of published tables in the store while this process captures. It reads the catalog every few
 * seconds, also while no changes arrive, so that a partition is known before it can be detached.
 */
@Singleton
public class CatalogKeeper {
    private static final Logger LOG = Logger.getLogger(CatalogKeeper.class);
    /**
     * The interval between two reads is at least this multiple of their duration, which limits the load of very many
     * tables.
     */
    private static final int MOST_OF_TIME = 20;

    private final SourceConfig config;
    private final CatalogRepository repository;
    private final Clock clock;
    private final Publications publications;
    private volatile @Nullable Kept kept;
    private Future<Void> saving = Future.succeededFuture(); // guarded by this
    private long nextRefreshNanos = System.nanoTime(); // used on the worker's thread

    private record Kept(String systemId, CatalogMemory memory) {}

    @Inject
    public CatalogKeeper(SourceConfig config, CatalogRepository repository, Clock clock) {
        this.config = config;
        this.repository = repository;
        this.clock = clock;
        this.publications = new Publications(config.publication());
    }

    /**
     * Opens the catalog of one stream, with the saved descriptions and the present ones.
     *
     * @throws SQLException if the stream breaks
     * @throws CatalogUnavailableException if the catalog of the source cannot be read
     * @throws StoreUnavailableException if the store failed
     */
    public RememberedCatalog open(Connection connection, String systemId, WalStream stream, UnknownRoots unknownRoots)
            throws SQLException {
        Kept before = kept;
        CatalogMemory memory =
                before != null && before.systemId.equals(systemId) ? before.memory : new CatalogMemory(clock);
        restore(memory, stream.await(repository.load(config.slot(), systemId)));
        kept = new Kept(systemId, memory);
        JdbcCatalogSource source = source(connection);
        memory.readPublished(source);
        stream.await(save());
        return new RememberedCatalog(source, memory, () -> reload(memory, systemId), unknownRoots);
    }

    /** Loads descriptions that another process may have saved. */
    private void reload(CatalogMemory memory, String systemId) {
        restore(memory, StoreReply.await(repository.load(config.slot(), systemId)));
    }

    private static void restore(CatalogMemory memory, CatalogMemory.News saved) {
        memory.restore(saved.tables(), saved.types());
    }

    /** Reads the catalog again. Must be called on the worker's thread. */
    public void refresh(SourceWorker worker) {
        Kept now = kept;
        long started = System.nanoTime();
        if (now == null || started - nextRefreshNanos < 0) {
            return;
        }
        try {
            worker.runNow(connection -> {
                try {
                    now.memory.readPublished(source(connection));
                } catch (CatalogUnavailableException e) {
                    throw e.getCause() instanceof SQLException cause ? cause : new SQLException(e);
                }
                return true;
            });
            if (!isSaved()) {
                save().onFailure(failure -> LOG.warnf("catalog not saved reason=%s", failure.getMessage()));
            }
        } catch (SQLException e) {
            LOG.debugf("catalog not read reason=%s", e.getMessage()); // the reader detects and reports the cause itself
        }
        nextRefreshNanos = started + MOST_OF_TIME * (System.nanoTime() - started);
    }

    /** Whether all descriptions that events are built from are stored. */
    public synchronized boolean isSaved() {
        Kept now = kept;
        return saving.succeeded() && (now == null || !now.memory.hasNews());
    }

    public synchronized Future<Void> save() {
        Kept now = kept;
        if (now == null) {
            return saving;
        }
        CatalogMemory.News news = now.memory.news();
        saving = saving.otherwiseEmpty()
                .compose(before -> news.isEmpty()
                        ? Future.<Void>succeededFuture()
                        : repository.save(config.slot(), now.systemId, news))
                .onFailure(failure -> now.memory.restoreNews(news));
        return saving;
    }

    private JdbcCatalogSource source(Connection connection) {
        return new JdbcCatalogSource(connection, publications.name(Kind.CHANGES), publications.name(Kind.INSERTS));
    }
}
