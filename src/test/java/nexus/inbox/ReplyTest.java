package nexus.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import nexus.refusal.Refusal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            status=500                          | answer 500
            status=200                          | answer 200
            status=599                          | answer 599
            status=429&retryAfter=30            | answer 429 with Retry-After: 30
            status=429&retryAfter=86400&x=y     | answer 429 with Retry-After: 86400
            retryAfter=0                        | answer 200 with Retry-After: 0
            delay=250ms                         | answer 200 after 250ms
            delay=50s&status=410                | answer 410 after 50s
            close=true                          | close the connection without an answer
            close                               | close the connection without an answer
            close=true&delay=2s&status=500      | close the connection without an answer after 2s
            close=false                         | answer 200
            """)
    void theUrlChooses(String query, String words) {
        assertThat(chosen(query).orElseThrow().inWords()).isEqualTo(words);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x=1", "Status=500", "token=status"})
    void aUrlWithoutAChoiceLeavesItToTheInbox(String query) {
        assertThat(chosen(query)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            status=100                        | status
            status=199                        | status
            status=600                        | status
            status=                           | status
            status=5e2                        | status
            status=-500                       | status
            status=99999999999999999999       | status
            status=٥٠٠                        | status
            retryAfter=86401                  | retryAfter
            retryAfter=Wed                    | retryAfter
            delay=51s                         | delay
            delay=5                           | delay
            delay=-5s                         | delay
            delay=999999999999d               | delay
            close=yes                         | close
            status=1&delay=x                  | status,delay
            """)
    void aWrongChoiceIsRefusedByName(String query, String fields) {
        assertThatExceptionOfType(Refusal.Invalid.class)
                .isThrownBy(() -> chosen(query))
                .satisfies(refusal -> assertThat(refusal.errors().stream().map(Refusal.FieldError::pointer))
                        .containsExactly(fields.split(",", -1)));
    }

    @Test
    void aChoiceForSomeRequestsEndsWithThem() {
        Reply failing = new Reply.Status(500, Optional.empty(), Duration.ZERO);
        ChosenReply choice = new ChosenReply(failing, Optional.of(2));

        assertThat(choice.next()).isEqualTo(new ChosenReply(failing, Optional.of(1)));
        assertThat(choice.next().next()).isEqualTo(ChosenReply.OK);
        assertThat(ChosenReply.OK.next()).isEqualTo(ChosenReply.OK);
    }

    private static Optional<Reply> chosen(String query) {
        Map<String, @Nullable String> parameters = new HashMap<>();
        Arrays.stream(query.split("&", -1)).filter(part -> !part.isEmpty()).forEach(part -> {
            String[] pair = part.split("=", 2);
            parameters.put(pair[0], pair.length == 1 ? "" : pair[1]);
        });
        return Reply.chosenBy(parameters::get);
    }
}
