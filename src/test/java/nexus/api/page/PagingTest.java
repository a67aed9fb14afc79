package nexus.api.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.MultivaluedMap;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import nexus.refusal.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PagingTest {
    @Test
    void aPageNamesTheNextOneByItsLastRow() {
        Page<Long> page = Page.of(List.of(9L, 8L, 7L), 2, row -> Cursor.of("numbers", row));
        assertThat(page.data()).containsExactly(9L, 8L);
        QueryParameters query = query("cursor", Objects.requireNonNull(page.next()));
        assertThat(query.cursorOfNumbers("numbers", 1))
                .hasValueSatisfying(cursor -> assertThat(cursor.number(0)).isEqualTo(8L));
        query.check();
    }

    @Test
    void theLastPageNamesNone() {
        assertThat(Page.of(List.of(9L, 8L), 2, row -> Cursor.of("numbers", row)).next())
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "!!!", "bnVtYmVycwo", "b3RoZXIKMQ", "bnVtYmVycwp4", "bnVtYmVycwoxCjI", "_____w"})
    void aCursorThatIsNoneOfThisListIsInvalid(String word) {
        QueryParameters query = query("cursor", word);
        assertThat(query.cursorOfNumbers("numbers", 1)).isEmpty();
        assertRefused(query, "cursor");
    }

    @Test
    void aLimitGoesFromOneTo250AndIs50WhenAbsent() {
        assertThat(query().limit()).isEqualTo(50);
        assertThat(query("limit", "1").limit()).isEqualTo(1);
        assertThat(query("limit", "250").limit()).isEqualTo(250);
        Stream.of("0", "251", "-1", "+5", "5.0", "ten", "", "99999999999").forEach(limit -> {
            QueryParameters query = query("limit", limit);
            query.limit();
            assertRefused(query, "limit");
        });
    }

    @Test
    void aParameterNobodyKnowsIsInvalid() {
        assertRefused(query("limti", "5"), "limti");
    }

    @Test
    void aParameterGivenTwiceIsInvalid() {
        MultivaluedMap<String, String> parameters = new MultivaluedHashMap<>();
        parameters.put("status", List.of("DEAD", "SENT"));
        QueryParameters query = QueryParameters.of(parameters);
        query.oneOf("status", List.of("DEAD", "SENT"));
        assertRefused(query, "status");
    }

    @Test
    void aTimeNeedsAnOffsetAndIsKeptToTheMillisecond() {
        assertThat(query("since", "2026-01-31T19:20:43.4009+01:00").timestamp("since"))
                .contains(Instant.parse("2026-01-31T18:20:43.400Z"));
        Stream.of("2026-01-31T18:20:43", "2026-01-31", "now", "1969-12-31T23:59:59Z", "+10000-01-01T00:00:00Z")
                .forEach(time -> {
                    QueryParameters query = query("since", time);
                    query.timestamp("since");
                    assertRefused(query, "since");
                });
    }

    @Test
    void aShortenedUuidIsInvalid() {
        QueryParameters query = query("eventId", "1-1-1-1-1");
        assertThat(query.uuid("eventId")).isEmpty();
        assertRefused(query, "eventId");
    }

    private static QueryParameters query(String... namesAndValues) {
        MultivaluedMap<String, String> parameters = new MultivaluedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            parameters.add(namesAndValues[i], namesAndValues[i + 1]);
        }
        return QueryParameters.of(parameters);
    }

    private static void assertRefused(QueryParameters query, String parameter) {
        assertThatExceptionOfType(Refusal.Invalid.class)
                .isThrownBy(query::check)
                .satisfies(refusal -> assertThat(refusal.errors())
                        .extracting(Refusal.FieldError::pointer)
                        .containsExactly(parameter));
    }
}
