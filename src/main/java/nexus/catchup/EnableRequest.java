package nexus.catchup;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import nexus.api.json.JsonBody;
import nexus.api.json.Timestamps;

/**
 * The body of {@code POST /v1/subscriptions/{id}/enable}.
 *
 * @param catchUp empty when the caller did not choose
 * @param rateLimit events a second of the catch-up; empty: as fast as the subscription takes them
 */
record EnableRequest(Optional<CatchUp> catchUp, Optional<Integer> rateLimit) {
    /** Without a body. */
    static final EnableRequest EMPTY = new EnableRequest(Optional.empty(), Optional.empty());

    private static final int LONGEST_TIME = 64;
    private static final int MOST_PER_SECOND = 100_000;
    private static final String NONE = "none";
    private static final String MISSED = "missed";

    static EnableRequest read(JsonBody body) {
        Optional<CatchUp> catchUp = catchUp(body);
        Optional<Integer> rateLimit = body.integer("rateLimit", 1, MOST_PER_SECOND);
        body.check();
        return new EnableRequest(catchUp, rateLimit);
    }

    private static Optional<CatchUp> catchUp(JsonBody body) {
        boolean isObject =
                body.parsedJson("catchUp", (json, at) -> json.startsWith("{")).orElse(false);
        if (!isObject) {
            return body.oneOf("catchUp", List.of(NONE, MISSED))
                    .map(word -> word.equals(NONE) ? new CatchUp.None() : new CatchUp.WhatWasMissed());
        }
        return body.object("catchUp").flatMap(object -> {
            object.require("since");
            Optional<Instant> since = object.parsed("since", LONGEST_TIME, Timestamps::parse);
            return since.map(CatchUp.Since::new);
        });
    }
}
