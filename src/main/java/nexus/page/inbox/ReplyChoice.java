package nexus.page.inbox;

import java.util.Arrays;
import java.util.Optional;

/** The replies that a person chooses with one click. */
enum ReplyChoice {
    OK("200", "200", "\"status\":200"),
    ERROR("500", "500", "\"status\":500"),
    BUSY("429", "429, Retry-After 30 s", "\"status\":429,\"retryAfter\":30"),
    GONE("410", "410 (disables the subscription)", "\"status\":410"),
    SLOW("slow", "200 after 20 s", "\"status\":200,\"delay\":\"20s\""),
    CLOSE("close", "closed connection", "\"close\":true");

    private final String word;
    private final String label;
    private final String fields;

    ReplyChoice(String word, String label, String fields) {
        this.word = word;
        this.label = label;
        this.fields = fields;
    }

    static Optional<ReplyChoice> of(String word) {
        return Arrays.stream(values())
                .filter(choice -> choice.word.equals(word))
                .findFirst();
    }

    String word() {
        return word;
    }

    String label() {
        return label;
    }

    /** @param times requests that it answers; empty for all */
    String json(Optional<Integer> times) {
        return "{\"reply\":{" + fields + times.map(n -> ",\"times\":" + n).orElse("") + "}}";
    }
}
