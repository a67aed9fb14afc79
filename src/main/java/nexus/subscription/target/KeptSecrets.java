package nexus.subscription.target;

import java.util.ArrayList;
import java.util.List;
import nexus.api.json.JsonBody;

/**
 * The stored secrets that a change keeps without naming their values. They were given for one target. A change to
 * another target must repeat them; otherwise a caller who may change a subscription could send them to its own server.
 */
public final class KeptSecrets {
    private final List<List<String>> kept = new ArrayList<>();

    void add(String field, String name) {
        add(List.of(field, name));
    }

    /** @param path the names that lead to the secret in the request's body */
    void add(List<String> path) {
        kept.add(path);
    }

    /** Notes an error for each of them when the change leads to another receiver. A target of another type keeps none. */
    public void check(JsonBody body, TargetSettings before, TargetSettings after) {
        TargetCatalog.moved(before, after).ifPresent(what -> checkMoved(body, what));
    }

    void checkMoved(JsonBody body, String what) {
        kept.forEach(path -> body.error(path, "must be sent again, because " + what + " changes"));
    }
}
