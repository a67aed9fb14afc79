package nexus.page.story;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nexus.retry.Doubling;
import nexus.retry.RetryPolicy;

/**
 * What happens to a delivery next, and why.
 *
 * @param headline one sentence
 * @param reasons further sentences
 */
public record NextStep(String headline, List<String> reasons) {
    /** The backoff's jitter is a fifth; a wait that is clearly longer has another reason. */
    private static final double LONGEST_JITTER = 1.25;

    public NextStep {
        reasons = List.copyOf(reasons);
    }

    /**
     * A delivery, as far as it matters for what is next.
     *
     * @param attempts made so far, those before a retry by hand included
     * @param attemptsBefore of them, made before the last retry by hand
     * @param dueAt when the next attempt may be made; empty when it is settled
     * @param lastAt the start of the last attempt
     * @param lastTook how long it took
     * @param ahead deliveries of the same ordering key that go first
     */
    public record Owed(
            Status status,
            Optional<String> deadReason,
            int attempts,
            int attemptsBefore,
            Optional<Instant> dueAt,
            Optional<Instant> lastAt,
            Duration lastTook,
            Optional<Integer> lastCode,
            int ahead) {}

    public static NextStep of(Owed delivery, RetryPolicy policy, LaneStanding lane, Instant now) {
        return switch (delivery.status()) {
            case SENT -> new NextStep("It was delivered. Nothing more is sent.", List.of());
            case DEAD -> dead(delivery, policy, lane);
            case PENDING -> pending(delivery, lane, now);
            case FAILED -> failed(delivery, policy, lane, now);
        };
    }

    private static NextStep dead(Owed delivery, RetryPolicy policy, LaneStanding lane) {
        String reason = delivery.deadReason().orElse("");
        List<String> reasons = new ArrayList<>();
        if (reason.equals("exhausted")) {
            reasons.add(
                    "The limit is " + policy.maxAttempts() + (policy.maxAttempts() == 1 ? " attempt." : " attempts."));
        }
        reasons.add(
                lane.isDeleted()
                        ? "It cannot be retried, because its subscription is deleted."
                        : reason.startsWith("payload")
                                ? "It cannot be retried without its payload."
                                : "Retry sends it again, with all attempts anew.");
        return new NextStep("It is dead: nothing more is sent. " + Failure.ofDead(reason), reasons);
    }

    private static NextStep pending(Owed delivery, LaneStanding lane, Instant now) {
        List<String> reasons = new ArrayList<>();
        if (delivery.attempts() > 0) {
            reasons.add("It was retried by hand after " + times(delivery.attempts()) + ", and has all attempts anew.");
        }
        return owed("It is sent as soon as there is room.", delivery, lane, now, reasons);
    }

    private static NextStep failed(Owed delivery, RetryPolicy policy, LaneStanding lane, Instant now) {
        Instant due = delivery.dueAt().orElse(now);
        int inBudget = Math.max(1, delivery.attempts() - delivery.attemptsBefore());
        List<String> reasons = new ArrayList<>();
        wait(delivery, policy, inBudget, due).ifPresent(reasons::add);
        int left = policy.maxAttempts() - inBudget;
        reasons.add(
                left > 0
                        ? "After " + (left == 1 ? "this attempt" : left + " more failed attempts") + " it is given up."
                        : "The limit of " + policy.maxAttempts() + " attempts is reached; the next failure ends it.");
        return owed(
                "Attempt " + (delivery.attempts() + 1) + " is due " + Spans.until(due, now) + ".",
                delivery,
                lane,
                now,
                reasons);
    }

    /** What keeps it from being sent goes first. */
    private static NextStep owed(String headline, Owed delivery, LaneStanding lane, Instant now, List<String> reasons) {
        List<String> all = new ArrayList<>();
        if (delivery.ahead() > 0) {
            all.add(
                    delivery.ahead() == 1
                            ? "It waits for one earlier delivery of the same ordering key."
                            : "It waits for " + delivery.ahead() + " earlier deliveries of the same ordering key.");
        }
        Optional<String> obstacle = lane.obstacle(now);
        obstacle.ifPresent(all::add);
        all.addAll(reasons);
        boolean isHeld = obstacle.isPresent() || delivery.ahead() > 0;
        return new NextStep(isHeld ? "It is held. " + headline : headline, all);
    }

    /** Why the wait is as long as it is. */
    private static Optional<String> wait(Owed delivery, RetryPolicy policy, int inBudget, Instant due) {
        if (delivery.lastAt().isEmpty()) {
            return Optional.empty();
        }
        Duration waited = Duration.between(delivery.lastAt().get().plus(delivery.lastTook()), due);
        Duration base = policy.backoff().base();
        Duration cap = policy.backoff().cap();
        Duration planned = new Doubling(base, cap).nth(inBudget);
        if (waited.toMillis() > planned.toMillis() * LONGEST_JITTER + 1_000) {
            return Optional.of(
                    delivery.lastCode()
                                    .filter(code -> code == 429 || code == 503)
                                    .isPresent()
                            ? "The endpoint asked for this wait of " + Spans.of(waited) + " with Retry-After."
                            : "The wait is " + Spans.of(waited)
                                    + ", longer than the retry policy says now: the policy was"
                                    + " changed, or the endpoint asked for it.");
        }
        String formula = planned.equals(cap) && !planned.equals(base)
                ? "the longest wait, " + Spans.of(cap)
                : inBudget == 1
                        ? "the first wait, " + Spans.of(base)
                        : Spans.of(base) + " doubled " + (inBudget - 1) + (inBudget == 2 ? " time" : " times") + ", "
                                + Spans.of(planned);
        return Optional.of("The wait of " + Spans.of(waited) + " is " + formula
                + ", give or take a fifth, so that failed deliveries do not all come back at once.");
    }

    private static String times(int attempts) {
        return attempts == 1 ? "one attempt" : attempts + " attempts";
    }
}
