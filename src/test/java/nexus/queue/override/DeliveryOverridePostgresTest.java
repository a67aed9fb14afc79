package nexus.queue.override;

import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nexus.queue.notify.OwedRows;
import nexus.queue.notify.OwedSignal;
import nexus.queue.owed.DeliveryKey;
import nexus.store.LastInTransaction;
import nexus.store.Store;
import nexus.testkit.StoreRows;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeliveryOverridePostgresTest {
    private final String url = TestPostgres.freshStore();
    private final StoreRows rows = new StoreRows(url);
    private final Store store = new Store(TestPostgres.vertx(), TestPostgres.storeConfig(url));
    private final OwedSignal signal = new OwedSignal();
    private final DeliveryOverride override = new DeliveryOverride(store, signal);
    private final List<OwedRows> signals = new ArrayList<>();
    private int lane;
    private List<DeliveryKey> run;

    @BeforeEach
    void aRun() {
        signal.onOwed(signals::add);
        lane = rows.subscription("subscription");
        rows.events("x", 6, lane);
        rows.run(
                "UPDATE nexus.owed SET stripe = seq % 8, key = nullif(seq % 3, 0), body_bytes = seq, created_at = now()");
        run = rows.all("SELECT event_day, stripe, seq FROM nexus.owed ORDER BY seq").stream()
                .map(line -> line.split("\\|"))
                .map(column -> new DeliveryKey(
                        LocalDate.parse(column[0]), lane, Integer.parseInt(column[1]), Long.parseLong(column[2])))
                .toList();
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void oneOfARunIsCancelledAndTheOthersOfItAreOwedAsRows() {
        DeliveryKey cancelled = run.get(3);
        List<String> others = rows.all("SELECT * FROM nexus.owed WHERE seq <> " + cancelled.seq() + " ORDER BY seq");
        rows.fold(lane);

        assertThat(await(override.cancel(cancelled, LastInTransaction.NOTHING))).isTrue();

        assertThat(rows.all("SELECT * FROM nexus.owed ORDER BY seq")).hasSize(5).containsExactlyElementsOf(others);
        assertThat(rows.one("SELECT count(*) FROM nexus.owed_run")).isEqualTo("0");
        assertThat(rows.all("SELECT day, stripe, seq, body_bytes, status, dead_reason, attempts FROM nexus.delivery"))
                .containsExactly("%s|%d|%d|%d|DEAD|cancelled|0"
                        .formatted(cancelled.day(), cancelled.keySlice(), cancelled.seq(), cancelled.seq()));
        assertThat(rows.all("SELECT lane, pending, failed, dead FROM nexus.stat_delta"))
                .containsExactly(lane + "|-1|0|1");
        assertThat(signals).containsExactly(new OwedRows(Map.of(lane, cancelled.seq()), true));
    }

    @Test
    void anotherRunOfTheLaneStaysOne() {
        rows.fold(lane, 3);
        rows.fold(lane);

        assertThat(await(override.cancel(run.getLast(), LastInTransaction.NOTHING)))
                .isTrue();

        assertThat(rows.all("SELECT first_seq, cardinality(seqs) FROM nexus.owed_run"))
                .containsExactly(run.getFirst().seq() + "|3");
        assertThat(rows.all("SELECT seq FROM nexus.owed ORDER BY seq")).containsExactly(seqs(run.subList(3, 5)));
        assertThat(rows.all("SELECT seq FROM nexus.delivery")).containsExactly(seqs(run.subList(5, 6)));
    }

    @Test
    void whatIsSettledOfARunIsNeitherCancelledNorOwedAgain() {
        rows.fold(lane);
        rows.run("UPDATE nexus.owed_run SET is_owed = set_bit(is_owed, 0, 0)");

        assertThat(await(override.cancel(run.getFirst(), LastInTransaction.NOTHING)))
                .isFalse();
        assertThat(rows.one("SELECT count(*) FROM nexus.owed_of_run")).isEqualTo("5");
        assertThat(await(override.cancel(run.get(1), LastInTransaction.NOTHING)))
                .isTrue();

        assertThat(rows.all("SELECT seq FROM nexus.owed ORDER BY seq")).containsExactly(seqs(run.subList(2, 6)));
        assertThat(rows.all("SELECT seq FROM nexus.delivery")).containsExactly(seqs(run.subList(1, 2)));
    }

    private static String[] seqs(List<DeliveryKey> deliveries) {
        return deliveries.stream()
                .map(delivery -> Long.toString(delivery.seq()))
                .toArray(String[]::new);
    }
}
