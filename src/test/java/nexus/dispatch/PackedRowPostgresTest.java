package nexus.dispatch;

import static nexus.testkit.Eventually.eventually;
import static nexus.testkit.ScriptedReceiver.hang;
import static nexus.testkit.ScriptedReceiver.status;
import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import nexus.event.EventId;
import nexus.event.Ordering;
import nexus.queue.owed.PackedRow;
import nexus.subscription.Subscription;
import nexus.testkit.ScriptedReceiver;
import nexus.testkit.StoreRows;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a lane takes in memory is one row of the store, as long as nothing goes wrong. */
class PackedRowPostgresTest {
    /** Nothing is found by looking for it now and then. */
    private static final String[] SIGNALS_ALONE = {"nexus.delivery.poll=1h", "nexus.delivery.sweep=1h"};

    private final Delivering nexus = new Delivering();
    private final ScriptedReceiver receiver = ScriptedReceiver.start();
    private int before; // published and delivered, until the lane was live

    @AfterEach
    void close() {
        nexus.close();
        receiver.close();
    }

    @Test
    void whatAProcessHadInRunsWhenItWasTakenOverIsDelivered() {
        startLive(SIGNALS_ALONE);
        receiver.always(ignored -> hang());
        List<EventId> sent = nexus.publishTogether(100, i -> new Ordering.Key(i % 40));
        receiver.await(1);
        assertThat(stored()).isEqualTo("0 rows, 1 runs, 100 owed");

        receiver.always(ignored -> status(200));
        TestPostgres.execute(nexus.url, "DELETE FROM nexus.process", "UPDATE nexus.shard SET process = NULL");

        nexus.awaitNothingOwed();
        List<String> arrived = arrived(); // by their first time: what was refused is repeated
        for (int i = 40; i < sent.size(); i++) {
            assertThat(arrived.indexOf(sent.get(i).toString()))
                    .isGreaterThan(arrived.indexOf(sent.get(i - 40).toString()));
        }
        assertThat(arrived).hasSize(100);
        assertThat(pendingAndSent()).isEqualTo("0|" + (before + 100));
    }

    @Test
    void whatWaitsInRunsWhenAProcessIsStoppedIsRowsAfterwards() {
        startLive(SIGNALS_ALONE);
        receiver.always(ignored -> status(200).after(Duration.ofMillis(200)));
        nexus.publishTogether(300, i -> Ordering.NONE);
        receiver.await(1);

        nexus.stop();

        assertThat(nexus.query("SELECT FROM nexus.owed_run")).isEmpty();
        assertThat(Integer.parseInt(
                        nexus.query("SELECT count(*) FROM nexus.owed").getFirst()))
                .isPositive();
        nexus.start(SIGNALS_ALONE);
        nexus.awaitNothingOwed();
        assertThat(arrived()).hasSize(300);
        assertThat(receiver.received()).hasSize(300);
    }

    @Test
    void oneThatFailsHoldsItsKeyAndTheOthersOfItsRunGoOn() {
        startLive("nexus.delivery.backoff-base=50ms", SIGNALS_ALONE[0], SIGNALS_ALONE[1]);
        Set<String> failed = new HashSet<>();
        receiver.always(received -> status(failed.size() < 3 && failed.add(received.header("webhook-id")) ? 500 : 200));

        List<EventId> sent = nexus.publishTogether(400, i -> new Ordering.Key(i % 40));

        nexus.awaitNothingOwed();
        assertInOrder(sent, 40);
        assertThat(nexus.query("SELECT count(*) FROM nexus.attempt")).containsExactly("3");
        assertThat(pendingAndSent()).isEqualTo("0|" + (before + 400));
    }

    @Test
    void runsAreRowsAsSoonAsTheirLaneIsParked() {
        startLive(SIGNALS_ALONE);
        receiver.always(ignored -> status(500));

        nexus.publishTogether(500, i -> Ordering.NONE);

        nexus.awaitBreaker(true);
        eventually("all of it is rows", () -> stored().equals("500 rows, 0 runs, 500 owed"));
    }

    @Test
    void whatIsInRunsOfADeletedSubscriptionIsDead() {
        Subscription subscription = startLive(SIGNALS_ALONE);
        receiver.always(ignored -> status(200).after(Duration.ofMillis(100)));
        nexus.publishTogether(500, i -> Ordering.NONE);
        receiver.await(1);

        await(nexus.repository.delete(subscription.id(), Optional.empty()));
        await(nexus.catalog.reload());

        nexus.awaitNothingOwed();
        assertThat(nexus.query("SELECT DISTINCT dead_reason FROM nexus.delivery WHERE status = 'DEAD'"))
                .containsExactly("subscription-deleted");
        assertThat(nexus.query(
                        "SELECT sum(sent + dead), sum(pending) FROM (SELECT sent, dead, pending FROM nexus.stat UNION ALL"
                                + " SELECT sent, dead, pending FROM nexus.stat_delta) s"))
                .containsExactly((before + 500) + "|0");
    }

    /** It was committed, and the answer was lost. */
    @Test
    void aRunThatNobodyToldOfIsFound() {
        Subscription subscription = nexus.subscribe("**", receiver.uri("/"));
        StoreRows rows = new StoreRows(nexus.url);
        rows.events("order.paid", 100, subscription.lane());
        rows.fold(subscription.lane());
        rows.run("CREATE TABLE public.hidden AS SELECT * FROM nexus.owed_run");
        rows.run("UPDATE public.hidden SET first_seq = first_seq + 1000, seqs = ARRAY(SELECT unnest(seqs) + 1000)");
        rows.run("DELETE FROM nexus.owed_run");
        nexus.start("nexus.delivery.poll=50ms", "nexus.delivery.sweep=1h");
        nexus.publishTogether(PackedRow.SHORTEST, i -> Ordering.NONE);
        nexus.awaitNothingOwed();

        rows.run("INSERT INTO nexus.owed_run SELECT * FROM public.hidden");

        eventually("all of it arrives", () -> {
            nexus.publishTogether(PackedRow.SHORTEST, i -> Ordering.NONE);
            return nexus.query("SELECT FROM nexus.owed_run JOIN public.hidden USING (lane, first_seq)")
                    .isEmpty();
        });
        nexus.awaitNothingOwed();
        assertThat(arrived()).containsAll(nexus.query("SELECT id FROM nexus.event WHERE seq <= 100"));
    }

    @Test
    void batchesOfAnySizeArriveInOrderHoweverTheyAreStored() {
        Random random = new Random(17);
        startLive("nexus.delivery.backoff-base=5ms", SIGNALS_ALONE[0], SIGNALS_ALONE[1]);
        receiver.always(received -> status(random.nextInt(100) == 0 ? 500 : 200));
        List<EventId> sent = new ArrayList<>();
        for (int batch = 0; batch < 60; batch++) {
            int before = sent.size();
            sent.addAll(nexus.publishTogether(
                    List.of(1, 10, 64, 200, 500).get(random.nextInt(5)), i -> new Ordering.Key((before + i) % 50)));
        }

        nexus.awaitNothingOwed();
        assertInOrder(sent, 50);
        assertThat(pendingAndSent()).isEqualTo("0|" + (before + sent.size()));
    }

    /** Until its lane takes a run's worth in memory. */
    private Subscription startLive(String... settings) {
        Subscription subscription = nexus.subscribe("**", receiver.uri("/"));
        nexus.start(settings);
        eventually("the lane is live", () -> {
            before += nexus.publishTogether(PackedRow.SHORTEST, i -> Ordering.NONE)
                    .size();
            nexus.awaitNothingOwed();
            return nexus.signal.live().now().lanes().contains(subscription.lane());
        });
        receiver.clear();
        return subscription;
    }

    private String stored() {
        return nexus.query(
                        "SELECT (SELECT count(*) FROM nexus.owed) || ' rows, ' || (SELECT count(*) FROM nexus.owed_run)"
                                + " || ' runs, ' || (SELECT count(*) FROM (SELECT seq FROM nexus.owed UNION ALL"
                                + " SELECT seq FROM nexus.owed_of_run) o) || ' owed'")
                .getFirst();
    }

    private String pendingAndSent() {
        return nexus.query("SELECT sum(pending), sum(sent) FROM nexus.stat_delta")
                .getFirst();
    }

    private List<String> arrived() {
        return receiver.received().stream()
                .map(received -> received.header("webhook-id"))
                .distinct()
                .toList();
    }

    /** Those of each of so many keys, in which they were published in turn: none before the one in front was delivered. */
    private void assertInOrder(List<EventId> sent, int keys) {
        Map<String, Integer> first = new HashMap<>();
        Map<String, Integer> last = new HashMap<>(); // its delivery, as nothing is repeated
        List<ScriptedReceiver.Received> received = receiver.received();
        for (int i = 0; i < received.size(); i++) {
            first.putIfAbsent(received.get(i).header("webhook-id"), i);
            last.put(received.get(i).header("webhook-id"), i);
        }
        for (int i = 0; i < sent.size(); i++) {
            assertThat(first).containsKey(sent.get(i).toString());
            if (i >= keys) {
                assertThat(first.get(sent.get(i).toString()))
                        .isGreaterThan(last.get(sent.get(i - keys).toString()));
            }
        }
    }
}
