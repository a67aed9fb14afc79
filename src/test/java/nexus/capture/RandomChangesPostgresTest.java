package nexus.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import nexus.event.IncomingEvent;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random DDL and DML, compared row by row with what arrives. The same stream is read twice: by a connection that keeps
 * up, and by one that begins when everything is over. {@code -Dnexus.test.random.transactions}, {@code .seeds} and
 * {@code .seed} make it longer, or the same again.
 */
class RandomChangesPostgresTest {
    private static final int TRANSACTIONS = Integer.getInteger("nexus.test.random.transactions", 120);

    static LongStream seeds() {
        long first = Long.getLong("nexus.test.random.seed", 1L);
        return LongStream.range(first, first + Integer.getInteger("nexus.test.random.seeds", 1));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyChangeArrivesAsPostgresqlItselfDescribedIt(long seed) throws SQLException {
        try (SlotReader late = new SlotReader("changes,inserts")) {
            late.execute("DROP PUBLICATION everything");
            RandomChanges changes = new RandomChanges(late.connection(), new Random(seed));
            late.skip();
            List<ExpectedChange> all = new ArrayList<>();
            Map<Long, Set<List<String>>> roots = new HashMap<>(); // by object id, those it has had so far
            try (LiveSlot live = new LiveSlot(late.url(), "changes,inserts", late.source());
                    Connection catalog = TestPostgres.connect(late.url())) {
                List<ExpectedChange> unread = new ArrayList<>();
                Random pace = new Random(seed);
                for (int i = 0; i < TRANSACTIONS; i++) {
                    unread.addAll(changes.transaction());
                    if (pace.nextInt(3) > 0 || i == TRANSACTIONS - 1) {
                        compare(seed, "live", unread, live.events(), catalog, changes, roots);
                        all.addAll(unread);
                        unread.clear();
                    }
                }
                compare(seed, "late", all, late.events(), catalog, changes, new HashMap<>());
            }
        }
    }

    private static void compare(
            long seed,
            String reader,
            List<ExpectedChange> expected,
            List<IncomingEvent> events,
            Connection catalog,
            RandomChanges changes,
            Map<Long, Set<List<String>>> roots)
            throws SQLException {
        List<String> arrived =
                new ArrayList<>(events.stream().map(SlotReader::data).toList());
        for (int i = 0; i < Math.min(expected.size(), arrived.size()); i++) {
            ExpectedChange change = expected.get(i);
            Set<List<String>> earlier = roots.computeIfAbsent(change.oid(), first -> new HashSet<>());
            earlier.add(change.root());
            assertThat(change.data(catalog, earlier))
                    .as(() -> "seed " + seed + ", read " + reader + ", after:\n" + changes.history(change.place()))
                    .contains(arrived.get(i));
        }
        assertThat(arrived)
                .as(() -> "seed " + seed + ", read " + reader + ", after:\n" + changes.history(Integer.MAX_VALUE))
                .hasSize(expected.size());
        assertThat(events.stream().map(IncomingEvent::id).distinct()).hasSize(events.size());
        events.forEach(ViewOfBody::assertSame);
    }
}
