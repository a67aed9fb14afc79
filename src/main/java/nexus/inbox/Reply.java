package nexus.inbox;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import nexus.notation.DurationText;
import nexus.refusal.Refusal;
import org.jspecify.annotations.Nullable;

/** How an inbox answers a request. */
public sealed interface Reply {
    /** Stays below the time after which the connection of a request is closed. */
    Duration MAX_DELAY = Duration.ofSeconds(50);

    int MIN_STATUS = 200;
    int MAX_STATUS = 599;
    int MAX_RETRY_AFTER = 86_400;

    String STATUS_FIELD = "status";
    String DELAY_FIELD = "delay";
    String RETRY_AFTER_FIELD = "retryAfter";
    String CLOSE_FIELD = "close";
    Set<String> FIELDS = Set.of(STATUS_FIELD, DELAY_FIELD, RETRY_AFTER_FIELD, CLOSE_FIELD);

    Duration delay();

    /** 200 at once. */
    static Reply ok() {
        return new Status(200, Optional.empty(), Duration.ZERO);
    }

    /**
     * An answer.
     *
     * @param retryAfter seconds of the header {@code Retry-After}
     */
    record Status(int code, Optional<Integer> retryAfter, Duration delay) implements Reply {
        public Status {
            if (code < MIN_STATUS || code > MAX_STATUS) {
                throw new IllegalArgumentException("no status of a final answer");
            }
        }
    }

    /** The connection ends without an answer. */
    record Close(Duration delay) implements Reply {}

    /**
     * The reply that a request chooses by parameters of its URL.
     *
     * @param parameter the value of each, null for none
     * @return empty if it chooses none
     * @throws Refusal.Invalid that names each wrong parameter
     */
    static Optional<Reply> chosenBy(Function<String, @Nullable String> parameter) {
        if (FIELDS.stream().allMatch(field -> parameter.apply(field) == null)) {
            return Optional.empty();
        }
        List<Refusal.FieldError> errors = new ArrayList<>();
        Optional<Integer> status = number(
                parameter, STATUS_FIELD, code -> code >= MIN_STATUS && code <= MAX_STATUS, "from 200 to 599", errors);
        Optional<Integer> retryAfter = number(
                parameter,
                RETRY_AFTER_FIELD,
                seconds -> seconds <= MAX_RETRY_AFTER,
                "of seconds up to " + MAX_RETRY_AFTER,
                errors);
        Duration delay = delay(parameter.apply(DELAY_FIELD), errors);
        String close = parameter.apply(CLOSE_FIELD);
        if (close != null && !Set.of("", "true", "false").contains(close)) {
            errors.add(new Refusal.FieldError(CLOSE_FIELD, "must be true or false"));
        }
        if (!errors.isEmpty()) {
            throw new Refusal.Invalid(errors);
        }
        return Optional.of(
                close != null && !close.equals("false")
                        ? new Close(delay)
                        : new Status(status.orElse(200), retryAfter, delay));
    }

    private static Optional<Integer> number(
            Function<String, @Nullable String> parameter,
            String name,
            Predicate<Integer> isAllowed,
            String rule,
            List<Refusal.FieldError> errors) {
        String text = parameter.apply(name);
        if (text == null) {
            return Optional.empty();
        }
        Optional<Integer> number = Optional.of(text)
                .filter(digits -> digits.matches("[0-9]{1,6}"))
                .map(Integer::valueOf)
                .filter(isAllowed);
        if (number.isEmpty()) {
            errors.add(new Refusal.FieldError(name, "must be a whole number " + rule));
        }
        return number;
    }

    private static Duration delay(@Nullable String text, List<Refusal.FieldError> errors) {
        if (text == null) {
            return Duration.ZERO;
        }
        Optional<Duration> delay = DurationText.parse(text).filter(Reply::isDelay);
        if (delay.isEmpty()) {
            errors.add(new Refusal.FieldError(
                    DELAY_FIELD, "must be a duration such as 250ms or 5s, up to " + DurationText.format(MAX_DELAY)));
        }
        return delay.orElse(Duration.ZERO);
    }

    static boolean isDelay(Duration delay) {
        return !delay.isNegative() && delay.compareTo(MAX_DELAY) <= 0;
    }

    /** What it does, for a person. */
    default String inWords() {
        String what =
                switch (this) {
                    case Status status ->
                        "answer " + status.code()
                                + status.retryAfter()
                                        .map(seconds -> " with Retry-After: " + seconds)
                                        .orElse("");
                    case Close close -> "close the connection without an answer";
                };
        return delay().isZero() ? what : what + " after " + DurationText.format(delay());
    }
}
