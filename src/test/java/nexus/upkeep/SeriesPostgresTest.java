package nexus.upkeep;

import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import nexus.status.stats.Series;
import nexus.status.stats.SeriesRepository;
import nexus.status.stats.SeriesStep;
import nexus.store.Store;
import nexus.tally.Tried;
import nexus.testkit.StoreRows;
import nexus.testkit.TestPostgres;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Counts by time are the same while they are deltas, minutes and hours. */
class SeriesPostgresTest {
    private static final Duration RETENTION = Duration.ofDays(30);

    private final String url = TestPostgres.freshStore();
    private final StoreRows rows = new StoreRows(url);
    private final Store store = new Store(TestPostgres.vertx(), TestPostgres.storeConfig(url));
    private final SeriesRepository repository = new SeriesRepository(store);
    private final CounterSums sums = new CounterSums(store);
    private final PastCounts past = new PastCounts(store, RETENTION);
    private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void aSeriesIsTheSameBeforeAndAfterItIsSummed() {
        int one = rows.subscription("subscription");
        int other = rows.subscription("subscription");
        Random random = new Random(5);
        for (int i = 0; i < 300; i++) {
            delta(random.nextBoolean() ? one : other, now.minusSeconds(random.nextInt(20 * 3600)), random);
        }
        Series all = series(null, SeriesStep.HOUR, Duration.ofHours(23));
        Series ofOne = series(rows.subscriptionId(one), SeriesStep.MINUTE, Duration.ofHours(23));
        assertThat(all.data()).hasSize(24);
        assertThat(all.data().stream().mapToLong(Series.Point::events).sum()).isEqualTo(600);

        await(sums.fold());
        assertThat(series(null, SeriesStep.HOUR, Duration.ofHours(23))).isEqualTo(all);
        assertThat(series(rows.subscriptionId(one), SeriesStep.MINUTE, Duration.ofHours(23)))
                .isEqualTo(ofOne);

        rows.run("UPDATE nexus.stat_minute SET at = at - interval '2 days'");
        Series shifted = series(null, SeriesStep.HOUR, Duration.ofHours(71));
        await(past.sum());
        assertThat(rows.one("SELECT count(*) FROM nexus.stat_minute")).isEqualTo("0");
        assertThat(series(null, SeriesStep.HOUR, Duration.ofHours(71))).isEqualTo(shifted);
        assertThat(shifted.data().subList(0, 24).stream()
                        .map(point -> point.toString().substring(40)))
                .isEqualTo(all.data().stream()
                        .map(point -> point.toString().substring(40))
                        .toList());
    }

    @Test
    void aMinuteHasARowForEachLaneAndClassOfAnswers() {
        int lane = rows.subscription("subscription");
        Instant minute = now.truncatedTo(ChronoUnit.MINUTES).minusSeconds(3600);
        for (int i = 0; i < 3; i++) {
            insert(0, minute, 4, 0, 0, new Long[0]);
            insert(lane, minute.plusSeconds(i), 0, 3, 2, new Long[] {
                Tried.once(true, 200, 10),
                Tried.once(false, 503, 1000),
                Tried.once(true, 204, 10),
                Tried.once(true, null, 5)
            });
            insert(lane, minute.plusSeconds(59), 0, 0, -1, new Long[0]);
            await(sums.fold());
        }
        assertThat(rows.all("SELECT lane, answers, events, sent, failed, dead, durations FROM nexus.stat_minute"
                        + " WHERE at = '" + minute + "' ORDER BY 1, 2"))
                .containsExactly(
                        "0|0|12|3|0|6|{" + counted(3, 5) + "}",
                        "0|2|0|6|0|0|{" + counted(6, 10) + "}",
                        "0|5|0|0|3|0|{" + counted(3, 190) + "}",
                        lane + "|0|9|3|0|6|{" + counted(3, 5) + "}",
                        lane + "|2|0|6|0|0|{" + counted(6, 10) + "}",
                        lane + "|5|0|0|3|0|{" + counted(3, 190) + "}");
    }

    @Test
    void whatIsNoLongerKeptIsDeletedAndAnUnknownSubscriptionHasNothing() {
        insert(0, now.minus(RETENTION).minusSeconds(7200), 5, 0, 0, new Long[0]);
        insert(0, now.minus(RETENTION).plusSeconds(7200), 7, 0, 0, new Long[0]);
        await(sums.fold());
        await(past.sum());
        assertThat(rows.all("SELECT events FROM nexus.stat_hour")).containsExactly("7");
        assertThat(series(UUID.randomUUID(), SeriesStep.HOUR, RETENTION).data())
                .allMatch(point -> point.events() == 0 && point.p50() == null);
    }

    private static long counted(long count, int bucket) {
        return count << 16 | bucket;
    }

    private void delta(int lane, Instant at, Random random) {
        insert(0, at, 2, 0, 0, new Long[0]);
        Long[] tried = new Long[random.nextInt(20)];
        for (int i = 0; i < tried.length; i++) {
            tried[i] = Tried.once(random.nextBoolean(), 200 + random.nextInt(400), random.nextInt(5000));
        }
        insert(lane, at, 0, random.nextInt(3), random.nextInt(2), tried);
    }

    private void insert(int lane, Instant at, int events, int deliveries, int dead, Long[] tried) {
        String numbers = IntStream.range(0, tried.length)
                .mapToObj(i -> tried[i].toString())
                .collect(Collectors.joining(","));
        rows.run(
                "INSERT INTO nexus.stat_delta (lane, at, events, deliveries, dead, tried) VALUES (%d, '%s', %d, %d, %d, %s)"
                        .formatted(
                                lane,
                                at,
                                events,
                                deliveries,
                                dead,
                                tried.length == 0 ? "NULL" : "'{" + numbers + "}'"));
    }

    private Series series(@Nullable UUID subscription, SeriesStep step, Duration back) {
        return await(repository.counted(Optional.ofNullable(subscription), step, now.minus(back), now));
    }
}
