package nexus.replay;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import nexus.api.json.Ids;
import nexus.api.json.JsonBody;
import nexus.api.json.Timestamps;
import nexus.event.TypePattern;
import nexus.filter.Filter;

/**
 * The body of {@code POST /v1/replays}.
 *
 * @param isDryRun whether the events are only to be counted
 */
record ReplayRequest(UUID subscriptionId, ReplaySettings settings, Optional<Integer> rateLimit, boolean isDryRun) {
    private static final int MOST_TYPES = 100;
    private static final int LONGEST_PATTERN = 1_024;
    private static final int LONGEST_TIME = 64;
    private static final int MOST_PER_SECOND = 100_000;
    private static final List<String> STATUSES = List.of(Wanted.MISSING.word(), Wanted.DEAD.word(), Wanted.ANY.word());

    static ReplayRequest read(JsonBody body) {
        body.require("subscriptionId", "since");
        Optional<UUID> subscription = body.parsed("subscriptionId", 36, Ids::uuid);
        Optional<Instant> since = body.parsed("since", LONGEST_TIME, Timestamps::parse);
        Optional<Instant> until = body.parsed("until", LONGEST_TIME, Timestamps::parse);
        Optional<List<TypePattern>> types = body.texts("types", 1, MOST_TYPES, LONGEST_PATTERN, TypePattern::of);
        Optional<Filter> filter = body.parsedObject("filter", Filter::read).flatMap(Function.identity());
        Optional<String> status = body.oneOf("status", STATUSES);
        Optional<Integer> rateLimit = body.integer("rateLimit", 1, MOST_PER_SECOND);
        boolean isDryRun = body.bool("dryRun").orElse(false);
        if (since.isPresent() && until.isPresent() && !until.get().isAfter(since.get())) {
            body.error("until", "must be after since");
        }
        body.check();
        return new ReplayRequest(
                subscription.orElseThrow(),
                new ReplaySettings(
                        since.orElseThrow(),
                        until,
                        types.orElse(List.of()),
                        filter,
                        Wanted.of(status.orElse(Wanted.MISSING.word())),
                        false),
                rateLimit,
                isDryRun);
    }
}
