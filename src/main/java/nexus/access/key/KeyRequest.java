package nexus.access.key;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import nexus.api.json.JsonBody;
import nexus.api.json.Timestamps;
import nexus.refusal.Refusal;

/** The body of a POST to {@code /v1/keys}. */
record KeyRequest(String name, Set<Right> rights, Optional<Instant> expiresAt) {
    static final int MAX_NAME = 200;

    KeyRequest {
        rights = Set.copyOf(rights);
    }

    static KeyRequest read(JsonBody body, Clock clock) {
        body.require("name", "scopes");
        Optional<String> name = body.text("name", MAX_NAME);
        Optional<List<Right>> scopes = body.texts("scopes", 1, Right.WORDS.size(), 20, KeyRequest::right);
        Optional<Instant> expiresAt = body.parsed("expiresAt", 64, (text, at) -> {
            Instant instant = Timestamps.parse(text, at);
            if (!instant.isAfter(clock.instant())) {
                throw new Refusal.Invalid(at, "must be in the future");
            }
            return instant;
        });
        body.check();
        return new KeyRequest(name.orElseThrow(), Set.copyOf(scopes.orElseThrow()), expiresAt);
    }

    private static Right right(String text, String pointer) {
        if (!Right.WORDS.contains(text)) {
            throw new Refusal.Invalid(pointer, "must be publish, read or manage");
        }
        return Right.of(text);
    }
}
