package nexus.attempt;

import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import nexus.store.Store;
import nexus.testkit.StoreRows;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AttemptRepositoryPostgresTest {
    private static final LogFilter ALL = new LogFilter(Optional.empty(), Optional.empty());

    private StoreRows rows;
    private AttemptRepository attempts;

    @BeforeEach
    void freshStore() {
        String url = TestPostgres.freshStore();
        rows = new StoreRows(url);
        attempts = new AttemptRepository(new Store(TestPostgres.vertx(), TestPostgres.storeConfig(url)));
    }

    @Test
    void theLogHoldsListenersAttemptsOnlyNewestFirst() {
        int listener = rows.subscription("listener");
        int subscription = rows.subscription("subscription");
        UUID event = rows.event("pg.public.users.insert", listener);
        rows.fail(rows.seq(event), 503);
        rows.settle(rows.seq(event), "SENT", 200);
        rows.settle(rows.seq(rows.event("x", subscription)), "SENT", 200);
        rows.delete(listener);

        LogPage page = await(attempts.log(ALL, LogPosition.NEWEST, 50));

        assertThat(page.next()).isEmpty();
        assertThat(page.entries()).extracting(LogEntry::status).containsExactly("SUCCESS", "FAILED");
        assertThat(page.entries()).extracting(LogEntry::responseFromTarget).containsExactly("answer", "no");
        assertThat(page.entries())
                .extracting(LogEntry::listenerId)
                .containsOnly(rows.subscriptionId(listener).toString());
        assertThat(page.entries()).extracting(LogEntry::payloadReceived).allSatisfy(payload -> assertThat(payload)
                .startsWith("{\"id\":\"" + event + "\"")
                .contains(StoreRows.PAYLOAD));
    }

    @Test
    void withoutAnAnswerTheLogSaysWhyAndThePayloadMayBeGone() {
        UUID event = rows.event("x", rows.subscription("listener"));
        rows.fail(rows.seq(event), 503);
        rows.run("UPDATE nexus.attempt SET status_code = NULL, response = NULL, error = 'connection refused'");
        rows.run("UPDATE nexus.event SET body = NULL");

        assertThat(await(attempts.log(ALL, LogPosition.NEWEST, 50)).entries())
                .singleElement()
                .returns("FAILED", LogEntry::status)
                .returns("connection refused", LogEntry::responseFromTarget)
                .returns(null, LogEntry::payloadReceived);
    }

    @Test
    void pagesStayTheSameWhileAttemptsArrive() {
        int first = rows.subscription("listener");
        int second = rows.subscription("listener");
        for (int i = 0; i < 4; i++) {
            UUID event = rows.event("x", i % 2 == 0 ? first : second);
            rows.fail(rows.seq(event), 500);
            rows.settle(rows.seq(event), "SENT", 200);
        }
        List<String> all = await(attempts.log(ALL, LogPosition.NEWEST, 50)).entries().stream()
                .map(LogEntry::id)
                .toList();
        assertThat(all).hasSize(8).doesNotHaveDuplicates();
        assertThat(walk(ALL, Optional.of(first))).containsExactlyElementsOf(all);
        assertThat(walk(new LogFilter(Optional.of(rows.subscriptionId(second)), Optional.of(true)), Optional.empty()))
                .hasSize(2);
        assertThat(walk(new LogFilter(Optional.empty(), Optional.of(false)), Optional.empty()))
                .hasSize(4);
    }

    @Test
    void aPageEndsBeforeItsPayloadsGrowTooBig() {
        int lane = rows.subscription("listener");
        for (int i = 0; i < 3; i++) {
            rows.settle(rows.seq(rows.event("x", lane)), "SENT", 200);
        }
        rows.run("UPDATE nexus.event SET body = convert_to('\"' || repeat('x', 9000000) || '\"', 'UTF8')");

        LogPage page = await(attempts.log(ALL, LogPosition.NEWEST, 50));

        assertThat(page.entries()).hasSize(2);
        assertThat(await(attempts.log(ALL, page.next().orElseThrow(), 50)).entries())
                .hasSize(1);
    }

    /** Over all pages; one more attempt is made for a lane behind each. */
    private List<String> walk(LogFilter filter, Optional<Integer> lane) {
        List<String> seen = new ArrayList<>();
        Optional<LogPosition> next = Optional.of(LogPosition.NEWEST);
        while (next.isPresent()) {
            LogPage page = await(attempts.log(filter, next.get(), 3));
            page.entries().forEach(entry -> seen.add(entry.id()));
            next = page.next();
            lane.ifPresent(busy -> rows.settle(rows.seq(rows.event("x", busy)), "SENT", 200));
        }
        return seen;
    }
}
