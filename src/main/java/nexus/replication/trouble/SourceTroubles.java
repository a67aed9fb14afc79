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
 * Counts row changes that could not be stored unchanged, and saves the counts at intervals, so that a row change needs
 * no statement of its own. Thread-safe.
 */
@Singleton
public class SourceTroubles {
    public static final Duration SAVE_EVERY = Duration.ofSeconds(2);

    private final SourceConfig config;
    private final SourceTroubleRepository repository;
    private final Clock clock;
    private final Map<Kind, Trouble> unsaved = new EnumMap<>(Kind.class); // guarded by this

    /** The outcome for a row change. */
    public enum Kind {
        /** Values do not match their types and are sent as text. */
        UNDECODED,
        /** The store accepted the change only without its values. */
        REDUCED,
        /** The store refused the change. */
        REFUSED;

        /** The notation of the store. */
        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Row changes of one kind.
     *
     * @param of the table or event type of the last one
     * @param reason the reason of the last one
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

    /** Completes once all earlier additions are saved. Counts that cannot be saved are kept for the next attempt. */
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
