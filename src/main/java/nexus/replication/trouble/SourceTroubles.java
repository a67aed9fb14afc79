package nexus.replication.trouble;

import io.vertx.core.Future;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import nexus.replication.source.SourceConfig;

/**
 * Counts what could not be stored as it was, and saves the counts now and then: a row change costs no statement of its
 * own. For several threads.
 */
@Singleton
public class SourceTroubles {
    public static final Duration SAVE_EVERY = Duration.ofSeconds(2);

    private final SourceConfig config;
    private final SourceTroubleRepository repository;
    private final Clock clock;
    private final Map<Kind, Trouble> unsaved = new EnumMap<>(Kind.class); // guarded by this

    /** What became of a row change. */
    public enum Kind {
        /** Values are not what their types promise, and are sent as texts. */
        UNDECODED,
        /** The store took it without its values alone. */
        REDUCED,
        /** The store did not take it at all. */
        REFUSED;

        /** As the store writes it. */
        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Row changes of one kind.
     *
     * @param of table or event type of the last one
     * @param reason of the last one
     */
    record Trouble(long count, Instant firstAt, Instant lastAt, String of, String reason) {
        Trouble then(Trouble later) {
            return new Trouble(count + later.count, firstAt, later.lastAt, later.of, later.reason);
        }
    }

    @Inject
    public SourceTroubles(SourceConfig config, SourceTroubleRepository repository, Clock clock) {
        this.config = config;
        this.repository = repository;
        this.clock = clock;
    }

    public synchronized void add(Kind kind, long count, String of, String reason) {
        Instant now = clock.instant();
        unsaved.merge(kind, new Trouble(count, now, now, of, reason), Trouble::then);
    }

    /** Done once everything that was added before is saved; what can't be saved is kept for the next time. */
    public Future<Void> save() {
        List<Future<Void>> all = new ArrayList<>();
        take().forEach((kind, trouble) ->
                all.add(repository.add(config.slot(), kind, trouble).onFailure(failure -> putBack(kind, trouble))));
        return Future.join(all).mapEmpty();
    }

    private synchronized Map<Kind, Trouble> take() {
        if (unsaved.isEmpty()) {
            return Map.of();
        }
        Map<Kind, Trouble> taken = new EnumMap<>(unsaved);
        unsaved.clear();
        return taken;
    }

    private synchronized void putBack(Kind kind, Trouble earlier) {
        unsaved.merge(kind, earlier, (later, before) -> before.then(later));
    }
}
